// The Slack stand-in: one server on loopback with state, the Web API, Socket Mode, uploads, response URLs and the page's API.
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Clock, systemClock } from '../../values/clock.ts';
import { keepConnections } from '../http/keep-connections.ts';
import { createEvents, DEFAULT_EVENTS } from './events/events.ts';
import { createSocketMode, type SocketMode } from './events/socket-mode.ts';
import { createConversations } from './methods/conversations.ts';
import { createFaults, type Faults } from './methods/faults.ts';
import { createFiles } from './methods/files.ts';
import { createMessages } from './methods/messages.ts';
import { createRates } from './methods/rates.ts';
import { createResponseUrls } from './methods/response-urls.ts';
import { ALL_SCOPES } from './methods/scopes.ts';
import { createStreams, type StreamRules } from './methods/streams.ts';
import { createViews } from './methods/views.ts';
import { type ApiCall, createWebApi, type Method, suffer } from './methods/web-api.ts';
import { createPageActions } from './page-server/page-actions.ts';
import { createPageServer } from './page-server/page-server.ts';
import { createInteractions } from './people/interactions.ts';
import { createPerson, type Person } from './people/person.ts';
import { createTyping } from './people/typing.ts';
import { createViewer } from './people/viewer.ts';
import { answerJson, answerText, readArguments, readUpload } from './protocol/http.ts';
import type { Message } from './protocol/page-api.ts';
import { createTime } from './protocol/time.ts';
import { createChanges } from './team/changes.ts';
import { createState, DEFAULT_USERS, messagesOf, type StandInChannel, type StandInUser } from './team/state.ts';

/** What can be changed while it runs. */
interface SlackRules extends StreamRules {
  /** Scopes of the bot token. */
  readonly scopes: readonly string[];
  /** Multiplies the rate limits; `false` switches them off. */
  readonly rates: number | false;
  /** How long a completed upload takes to appear as a message, milliseconds of the clock. */
  readonly shareDelayMs: number;
}

export interface SlackStandInOptions extends Partial<SlackRules> {
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** Every deadline, seal, window and timestamp goes by it. */
  readonly clock?: Clock;
  /** The page's static files. Without it there is no page; its API answers all the same. */
  readonly pageDir?: string;
  /** Random unless told. */
  readonly pageKey?: string;
  readonly users?: readonly StandInUser[];
  /** Channels besides #data-platform, #random and the DMs. */
  readonly channels?: readonly StandInChannel[];
  /** Slash commands of the app; `/dab` unless told. */
  readonly commands?: readonly string[];
  /** Events the app subscribes to. */
  readonly events?: readonly string[];
}

export interface SlackStandIn {
  /** `http://127.0.0.1:<port>/api/`, for SLACK_API_URL. */
  readonly url: string;
  readonly botToken: string;
  readonly appToken: string;
  /** The page's address with its key; present when `pageDir` was given. */
  readonly pageUrl?: string;
  readonly pageKey: string;
  /** @param user id or short name */
  as(user: string): Person;
  /** All messages of a channel (or of one thread), whoever sees them, streams in full. */
  messages(channel: string, thread?: string): Message[];
  /**
   * Hears of each message, also one that only one person sees, as it stands when it is posted and after each change.
   * @returns a function that stops listening
   */
  onMessage(listener: (message: Message) => void): () => void;
  /** Every Web API call so far. */
  readonly calls: readonly ApiCall[];
  /** Disconnects, duplicates and the envelopes sent. */
  readonly socket: Pick<SocketMode, 'disconnect' | 'cut' | 'duplicate' | 'resend' | 'sent' | 'sockets'>;
  readonly faults: Faults;
  /** Changes rules from now on. */
  change(rules: Partial<SlackRules>): void;
  close(): Promise<void>;
}

const DEFAULT_RULES: SlackRules = {
  scopes: ALL_SCOPES,
  rates: 1,
  shareDelayMs: 50,
  streamsIn: ['im', 'channel', 'private'],
  agentView: true,
};

export async function createSlackStandIn(options: SlackStandInOptions = {}): Promise<SlackStandIn> {
  const rules: { current: SlackRules } = { current: { ...DEFAULT_RULES, ...options } };
  const [botToken, appToken] = [`xoxb-stand-in-${randomBytes(8).toString('hex')}`, `xapp-stand-in-${randomBytes(8).toString('hex')}`];
  const pageKey = options.pageKey ?? randomBytes(16).toString('base64url');
  const time = createTime(options.clock ?? systemClock);
  const state = createState(options.users ?? DEFAULT_USERS, options.channels ?? []);
  const changes = createChanges();
  const faults = createFaults();
  const place = { host: '' };
  const base = (): string => `http://${place.host}`;

  const server = createServer((request, response) => {
    route(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else answerText(response, 500, `the stand-in failed: ${error instanceof Error ? error.stack : String(error)}`);
    });
  });
  keepConnections(server);
  const socket = createSocketMode(server, time, () => place.host);
  const events = createEvents(state, socket, time, options.events ?? DEFAULT_EVENTS);
  const messages = createMessages(state, time, changes, events);
  const streams = createStreams({ state, time, changes, events, messages, rules: () => rules.current });
  const files = createFiles(state, time, messages, () => rules.current.shareDelayMs);
  const views = createViews(state, time, changes);
  const responses = createResponseUrls(state, time, changes, messages);
  const viewer = createViewer(state, views);
  const interactions = createInteractions({ state, time, changes, views, socket, responses, base });
  const commands = options.commands ?? ['/dab'];
  const typing = createTyping({ state, changes, events, messages, responses, socket, views, commands, base });
  const actions = createPageActions({ state, changes, interactions, typing, streams });
  const page = createPageServer({ state, changes, viewer, actions, dir: options.pageDir, key: pageKey });
  const methods: Readonly<Record<string, Method>> = {
    ...createConversations(state, changes, (scope) => rules.current.scopes.includes(scope)),
    ...messages.methods,
    ...streams.methods,
    ...files.methods,
    ...views.methods,
    'apps.connections.open': () => ({ url: socket.open() }),
  };
  const rates = createRates(time, () => rules.current.rates);
  const api = createWebApi({ state, methods, botToken, appToken, scopes: () => rules.current.scopes, rates, faults, time });
  const people = new Map(
    [...state.users.values()].map((user) => [user.id, createPerson(user, { state, changes, viewer, interactions, typing, streams })]),
  );

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://slack');
    const [, area, last] = /^\/(api|upload\/v1|commands|files-pri)\/([^/]*)/.exec(url.pathname) ?? [];
    if (area === 'api') return api.handle(request, response, url);
    if (area === 'upload/v1') {
      const bytes = await readUpload(request);
      if (await suffer(faults.take('upload'), response, time)) return;
      const answer = files.upload(last ?? '', bytes);
      return answerText(response, answer.status, answer.text);
    }
    if (area === 'commands') {
      const body = await readArguments(request, url);
      if (await suffer(faults.take('response_url'), response, time)) return;
      const answer = responses.post(last ?? '', body);
      return answerJson(response, answer.status, answer.body);
    }
    if (area === 'files-pri') {
      const bytes = state.files.get(last ?? '')?.bytes;
      if (request.headers.authorization !== `Bearer ${botToken}` || bytes === undefined) return answerText(response, 404, 'not found');
      response.writeHead(200, { 'content-type': 'application/octet-stream' });
      response.end(bytes);
      return;
    }
    return page.handle(request, response, url);
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const address = server.address();
  place.host = `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : options.port}`;

  return {
    url: `${base()}/api/`,
    botToken,
    appToken,
    pageKey,
    ...(options.pageDir === undefined ? {} : { pageUrl: `${base()}/?key=${pageKey}` }),
    as(user) {
      const found = people.get(user) ?? people.get([...state.users.values()].find((known) => known.name === user)?.id ?? '');
      if (found === undefined) throw new Error(`there is no ${user} in this team`);
      return found;
    },
    messages: (channel, thread) =>
      [...messagesOf(state, channel).values()]
        .filter((message) => thread === undefined || message.ts === thread || message.threadTs === thread)
        .map((message) => viewer.message(message, undefined)),
    onMessage: (listener) =>
      changes.listen((change) => {
        if (change.kind === 'message') listener(viewer.message(change.message, undefined));
        if (change.kind === 'ephemeral') listener(viewer.ephemeral(change.ephemeral));
      }),
    calls: api.calls,
    socket,
    faults,
    change: (next) => {
      rules.current = { ...rules.current, ...next };
    },
    async close() {
      time.close();
      socket.close();
      page.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}
