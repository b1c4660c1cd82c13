// What the stand-in's tests share: a stand-in and two people as fixtures, and a few lines of HTTP: JSON with BigInt in, status, text and JSON out.
import { test } from 'vitest';
import { createDatabricksStandIn, type DatabricksStandInOptions } from '../../../src/playground/databricks/stand-in.ts';

export interface Answered {
  readonly status: number;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: what a far side answers is looked at by the tests, not by types
  readonly json: any;
}

/** Tests that share a stand-in within their file, and ask it as ana (an admin), ben and cy (of the group data-platform, as ana is) and dee. */
export function standInTest(options: DatabricksStandInOptions = {}) {
  return (
    test
      .extend('standIn', { scope: 'file' }, async ({}, { onCleanup }) => {
        const standIn = await createDatabricksStandIn(options);
        onCleanup(() => standIn.close());
        return standIn;
      })
      .extend('ana', { scope: 'file' }, ({ standIn }) => createApi(standIn.url, standIn.tokenFor('ana@acme.example')))
      .extend('ben', { scope: 'file' }, ({ standIn }) => createApi(standIn.url, standIn.tokenFor('ben@acme.example')))
      .extend('cy', { scope: 'file' }, ({ standIn }) => createApi(standIn.url, standIn.tokenFor('cy@acme.example')))
      .extend('dee', { scope: 'file' }, ({ standIn }) => createApi(standIn.url, standIn.tokenFor('dee@acme.example')))
      /** Where the CLI goes, and as whom. */
      .extend('host', { scope: 'file' }, ({ standIn }) => ({ url: standIn.url, token: standIn.tokenFor('ana@acme.example') }))
  );
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
