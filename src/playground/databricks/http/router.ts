// Finds the route of a request: `:name` is one segment, `*name` the rest of the path, the API version may be a pattern.
import type { Answer, Call } from './answer.ts';

export interface Route {
  readonly method: string;
  /** Such as `/api/2.:v/jobs/get` or `/api/2.0/workspace-files/*path`. */
  readonly pattern: string;
  readonly handle: (call: Call) => Answer | Promise<Answer>;
}

interface Compiled {
  readonly route: Route;
  readonly shape: RegExp;
}

export function route(method: string, pattern: string, handle: Route['handle']): Route {
  return { method, pattern, handle };
}

/** Matching works on the raw path: the CLI sends a whole workspace path as one escaped segment. */
export function createRouter(
  routes: readonly Route[],
): (method: string, rawPath: string) => { route: Route; params: Record<string, string> } | undefined {
  const table: Compiled[] = routes.map((entry) => ({ route: entry, shape: compile(entry.pattern) }));
  return (method, rawPath) => {
    for (const { route: entry, shape } of table) {
      if (entry.method !== method) continue;
      const found = shape.exec(rawPath);
      if (found === null) continue;
      const params: Record<string, string> = {};
      for (const [name, value] of Object.entries(found.groups ?? {})) params[name] = decode(value ?? '');
      return { route: entry, params };
    }
    return undefined;
  };
}

function compile(pattern: string): RegExp {
  const shape = pattern
    .replaceAll('.', '\\.')
    .replace(/\*(\w+)/g, '(?<$1>.+)')
    .replace(/:(\w+)/g, '(?<$1>[^/]+)');
  return new RegExp(`^${shape}$`);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
