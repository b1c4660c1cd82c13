// A few lines of HTTP for the stand-in's tests: JSON with BigInt in, status, text and JSON out.

export interface Answered {
  readonly status: number;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: what a far side answers is looked at by the tests, not by types
  readonly json: any;
}

export function createApi(host: string, token: string) {
  const send = async (method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Answered> => {
    const payload = body === undefined ? undefined : typeof body === 'string' || body instanceof Uint8Array ? body : jsonText(body);
    const response = await fetch(`${host}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(payload === undefined ? {} : { body: payload as string | Buffer<ArrayBuffer> }),
      ...(signal === undefined ? {} : { signal }),
    });
    const text = await response.text();
    return { status: response.status, text, json: parsed(text) };
  };
  return {
    send,
    get: (path: string, signal?: AbortSignal) => send('GET', path, undefined, signal),
    post: (path: string, body: unknown) => send('POST', path, body),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function jsonText(body: unknown): string {
  const text = JSON.stringify(body, (_key, value: unknown) => (typeof value === 'bigint' ? `int64:${value}` : value));
  return text.replace(/"int64:(\d+)"/g, '$1');
}
