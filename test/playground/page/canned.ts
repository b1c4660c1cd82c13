// A small server of the page's API from canned data, so that tests can show the page anything, also what a real bot never sends.
import { readFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import type { Message, PageEvents, PageState, View } from '../../../src/playground/slack/protocol/page-api.ts';

export const PAGE_DIR = join(import.meta.dirname, '../../../src/playground/page');
export const KEY = 'canned-key';
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'";
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

export const USERS: PageState['users'] = [
  { id: 'U_ANA', name: 'ana', realName: 'Ana Ruiz', guest: false },
  { id: 'U_BEN', name: 'ben', realName: 'Ben Okafor', guest: false },
  { id: 'U_GUEST', name: 'gus', realName: 'Gus Lindqvist', guest: true },
];

export interface Canned {
  readonly url: string;
  /** What every person sees at the next (re)load; tests fill it. */
  readonly messages: Message[];
  modal: View | null;
  /** Bodies of the POSTs so far, with their path. */
  readonly posts: { readonly path: string; readonly body: Record<string, unknown> }[];
  /** Words that refuse the next POST. */
  refuse: string | undefined;
  emit<Name extends keyof PageEvents>(name: Name, data: PageEvents[Name]): void;
  /** Whether a page listens and has read the state since: what is put from now on is news to it. */
  isLive(): boolean;
  /** Adds or replaces a message and tells the page. */
  put(message: Message): void;
  /** Cuts every live line, as a restart does. */
  cut(): void;
  close(): Promise<void>;
}

let last = 0;
/** Timestamps that only go up. */
export function ts(): string {
  last = Math.max(Date.now(), last + 1);
  return `${Math.floor(last / 1000)}.${String(last % 1000).padStart(3, '0')}000`;
}

export function bot(message: Partial<Message>): Message {
  return { channel: 'C_DATA', ts: ts(), user: 'U_DAB', userName: 'DAB Bot', isBot: true, text: '', ...message };
}

export async function serveCanned(): Promise<Canned> {
  const lines = new Set<ServerResponse>();
  let live = false;
  const stateOf = (as: string): PageState => ({
    me: USERS.find((user) => user.id === as) ?? { id: as, name: as, realName: as, guest: false },
    team: { id: 'T_ACME', name: 'Acme' },
    users: USERS,
    channels: [
      { id: 'C_DATA', name: 'data-platform', isDm: false, member: true },
      { id: 'C_RANDOM', name: 'random', isDm: false, member: false },
      { id: `D_${as}`, name: 'DAB Bot', isDm: true, member: true },
    ],
    messages: canned.messages.filter((message) => !message.channel.startsWith('D_') || message.channel === `D_${as}`),
    modal: canned.modal,
    home: null,
  });

  async function answer(path: string, as: string, response: ServerResponse): Promise<void> {
    if (path === '/page/state') {
      live = lines.size > 0;
      return void response.end(JSON.stringify(stateOf(as)));
    }
    if (path === '/page/stream') {
      lines.add(response);
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': hello\n\n');
      return;
    }
    if (path.startsWith('/page/file/')) {
      response.writeHead(200, { 'content-disposition': 'attachment', 'content-type': 'application/zip' }).end('zip bytes');
      return;
    }
    const file = path === '/' ? 'index.html' : path.slice(1);
    response.setHeader('content-type', TYPES[extname(file)] ?? 'text/plain');
    response.end(await readFile(join(PAGE_DIR, file)));
  }

  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://page');
    response.setHeader('content-security-policy', CSP);
    if (url.searchParams.get('key') !== KEY && (url.pathname === '/' || url.pathname.startsWith('/page/'))) {
      response.writeHead(403).end('no key');
    } else if (request.method === 'POST') {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      canned.posts.push({ path: url.pathname, body: JSON.parse(Buffer.concat(chunks).toString()) });
      const error = canned.refuse;
      canned.refuse = undefined;
      response.writeHead(error === undefined ? 200 : 400).end(JSON.stringify(error === undefined ? { ok: true } : { ok: false, error }));
    } else {
      await answer(url.pathname, url.searchParams.get('as') ?? '', response).catch(() => response.writeHead(404).end());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  const canned: Canned = {
    url: `http://127.0.0.1:${port}/?key=${KEY}`,
    messages: [],
    modal: null,
    posts: [],
    refuse: undefined,
    emit(name, data) {
      for (const line of lines) line.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
    },
    isLive: () => live,
    put(message) {
      const at = canned.messages.findIndex((one) => one.channel === message.channel && one.ts === message.ts);
      if (at < 0) canned.messages.push(message);
      else canned.messages[at] = message;
      canned.emit(message.ephemeralId === undefined ? 'message' : 'ephemeral', { message });
    },
    cut() {
      for (const line of lines) line.destroy();
      lines.clear();
      live = false;
    },
    async close() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
  return canned;
}
