// Runs the real Databricks CLI for the stand-in's tests, in a fresh folder with a clean environment, and records what it asks.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** The CLI under test; undefined where there is none. */
export const CLI = process.env.DATABRICKS_CLI_PATH;

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface BundleFolder {
  readonly root: string;
  write(path: string, text: string): void;
  /** `databricks bundle <args>` against a host. */
  run(host: { url: string; token: string }, ...args: string[]): Promise<Ran>;
}

export function createBundleFolder(files: Readonly<Record<string, string>>): BundleFolder {
  const base = mkdtempSync(join(tmpdir(), 'dab-stand-in-'));
  const root = join(base, 'bundle');
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const [path, text] of Object.entries(files)) write(path, text);
  return {
    root,
    write,
    run: (host, ...args) =>
      new Promise((resolve) => {
        const env = {
          PATH: '/usr/bin:/bin',
          HOME: join(base, 'home'),
          DATABRICKS_HOST: host.url,
          DATABRICKS_TOKEN: host.token,
          DATABRICKS_AUTH_TYPE: 'pat',
          DATABRICKS_CONFIG_FILE: '/dev/null',
          DATABRICKS_CACHE_ENABLED: 'false',
          DATABRICKS_BUNDLE_ENGINE: 'direct',
          NO_COLOR: '1',
        };
        execFile(CLI ?? '', ['bundle', ...args], { cwd: root, env, timeout: 150_000 }, (error, stdout, stderr) => {
          resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, stdout, stderr });
        });
      }),
  };
}

export interface Exchange {
  readonly request: string;
  readonly status: number;
  /** Paths of keys in the answer's JSON, such as `settings.tasks[].task_key`; `-` where it is no JSON. */
  readonly keys: string;
}

/** A proxy in front of a workspace that records each exchange; ids, users and query order are made equal, so that two can be compared. */
export async function createRecorder(target: string): Promise<{ url: string; take(): Exchange[]; close(): void }> {
  let seen: Exchange[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { host: _host, connection: _connection, 'content-length': _length, ...headers } = request.headers as Record<string, string>;
    const method = request.method ?? 'GET';
    const answer = await fetch(`${target}${request.url}`, {
      method,
      headers,
      ...(method === 'GET' ? {} : { body: Buffer.concat(chunks) }),
    });
    const text = Buffer.from(await answer.arrayBuffer());
    seen.push({ request: plain(`${method} ${request.url}`), status: answer.status, keys: keysOf(text) });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'application/json' });
    response.end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    take() {
      const taken = seen;
      seen = [];
      return taken;
    },
    close: () => server.close(),
  };
}

function plain(request: string): string {
  const text = decodeURIComponent(request).replace(/[\w.]+@[\w.]+/g, 'USER');
  return text.replace(/(?<=job_id=|directories\/|jobs\/)\d+/g, 'ID').replace(/(?<=uuid=|\/pipelines\/|\/dashboards\/)[\w-]+/g, 'ID');
}

function keysOf(body: Buffer): string {
  const found = new Set<string>();
  const walk = (value: unknown, path: string): void => {
    if (Array.isArray(value)) for (const item of value) walk(item, `${path}[]`);
    else if (typeof value === 'object' && value !== null)
      for (const [key, item] of Object.entries(value)) walk(item, path === '' ? key : `${path}.${key}`);
    if (path !== '' && (typeof value !== 'object' || value === null || Object.keys(value).length === 0)) found.add(path);
  };
  try {
    walk(JSON.parse(body.toString('utf8')), '');
  } catch {
    return '-';
  }
  return [...found].sort().join(' ');
}
