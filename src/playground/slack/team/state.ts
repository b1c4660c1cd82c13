// What the stand-in's team holds: people, channels, messages, files, views; plain data with a seed.
import type { Block } from '../protocol/page-api.ts';
import { type Dict, SlackRefusal } from '../protocol/refusal.ts';

export interface StandInUser {
  readonly id: string;
  readonly name: string;
  readonly realName: string;
  readonly email: string;
  readonly tz?: string;
  readonly guest?: boolean;
  /** From another team, seen through Slack Connect. */
  readonly stranger?: boolean;
}

export interface StandInChannel {
  readonly id: string;
  readonly name: string;
  readonly kind: 'channel' | 'private' | 'im';
  /** With another company through Slack Connect, or invited to it; or with another team of the same organization. */
  readonly shared?: 'external' | 'pending' | 'organization';
  /** User ids, the bot's among them where it is a member. */
  readonly members: Set<string>;
  archived?: boolean;
}

export type TaskStatus = 'pending' | 'in_progress' | 'complete' | 'error';
export interface StreamTask {
  readonly id: string;
  title: string;
  status: TaskStatus;
  details: string;
  output: string;
}
export interface StreamContent {
  planTitle?: string;
  tasks: StreamTask[];
  text: string;
  blocks: Block[];
}
export interface StoredStream {
  state: 'streaming' | 'stopped' | 'expired' | 'stopped_by_user';
  readonly recipient?: string;
  readonly displayMode: 'timeline' | 'plan';
  /** Whether it is fed with chunks or with top-level markdown_text; the first call that brings one decides. */
  mode: 'chunks' | 'markdown' | undefined;
  content: StreamContent;
  /** What everybody but the recipient sees until the stop: the first call's chunks. */
  readonly first: StreamContent;
  /** The pill shown when it was sealed with an open task, or ran out. */
  error?: string;
}

export interface StoredMessage {
  readonly channel: string;
  readonly ts: string;
  readonly threadTs?: string;
  readonly user: string;
  text: string;
  blocks?: Block[];
  files?: string[];
  metadata?: Dict;
  edited?: string;
  subtype?: string;
  stream?: StoredStream;
  readonly reactions: Map<string, Set<string>>;
}
export interface StoredEphemeral {
  readonly id: string;
  readonly channel: string;
  readonly ts: string;
  readonly threadTs?: string;
  readonly to: string;
  /** The bot's id, or `USLACKBOT` for Slack's own words. */
  readonly from: string;
  text: string;
  blocks?: Block[];
}
export interface StoredFile {
  readonly id: string;
  readonly name: string;
  title: string;
  readonly length: number;
  readonly uploadKey: string;
  bytes?: Uint8Array;
  complete: boolean;
  readonly shares: { channel: string; ts: string; threadTs?: string }[];
}
export interface StoredView {
  readonly id: string;
  readonly user: string;
  readonly type: 'modal' | 'home';
  readonly rootId: string;
  readonly previousId: string | null;
  hash: string;
  /** The view as the bot sent it, block ids filled in. */
  body: Dict & { blocks: Block[] };
  /** What inputs hold, by block_id and action_id. */
  values: Record<string, Record<string, Dict>>;
}

export const TEAM = { id: 'T_ACME', name: 'Acme', domain: 'acme' } as const;
export const BOT = { user: 'U_DAB', bot: 'B_DAB', app: 'A_DAB', name: 'DAB Bot', handle: 'dab' } as const;
export const SLACKBOT = 'USLACKBOT';

export const DEFAULT_USERS: readonly StandInUser[] = [
  { id: 'U_ANA', name: 'ana', realName: 'Ana Ruiz', email: 'ana@acme.example', tz: 'Europe/Madrid' },
  { id: 'U_BEN', name: 'ben', realName: 'Ben Okafor', email: 'ben@acme.example', tz: 'Europe/London' },
  { id: 'U_CY', name: 'cy', realName: 'Cy Lindqvist', email: 'cy@acme.example', tz: 'Europe/Stockholm' },
  { id: 'U_DEE', name: 'dee', realName: 'Dee Marsh', email: 'dee@acme.example', tz: 'America/Chicago' },
  { id: 'U_GUEST', name: 'gus', realName: 'Gus Guest', email: 'gus@partner.example', tz: 'America/New_York', guest: true },
];

export interface State {
  readonly users: Map<string, StandInUser>;
  readonly channels: Map<string, StandInChannel>;
  /** By channel, then by ts, oldest first. */
  readonly messages: Map<string, Map<string, StoredMessage>>;
  readonly ephemerals: Map<string, StoredEphemeral>;
  readonly files: Map<string, StoredFile>;
  readonly views: Map<string, StoredView>;
  /** Open modal views of a user, the topmost last. */
  readonly modals: Map<string, string[]>;
  readonly homes: Map<string, string>;
  /** By `channel:root ts`: what agents.sessions.setStatus said. */
  readonly agentThreads: Map<string, { status: 'active' | 'processing' | 'suspended' | 'closed'; title?: string }>;
}

/** The DM between the bot and a person: `D_ANA` for `U_ANA`. */
export function dmOf(user: string): string {
  return `D_${user.replace(/^[UW]_?/, '')}`;
}

/**
 * A team with the given people, #data-platform and, with guests, #partner-project (the bot is a member of both), #random (it is not), and
 * everybody's DM with the bot.
 */
export function createState(users: readonly StandInUser[], extra: readonly StandInChannel[]): State {
  const own = users.filter((user) => user.guest !== true && user.stranger !== true).map((user) => user.id);
  const all = users.map((user) => user.id);
  const channels: StandInChannel[] = [
    { id: 'C_DATA', name: 'data-platform', kind: 'channel', members: new Set([...own, BOT.user]) },
    {
      id: 'C_PARTNER',
      name: 'partner-project',
      kind: 'channel',
      members: new Set([...all, BOT.user]),
      ...(users.some((user) => user.stranger === true) ? { shared: 'external' } : {}),
    },
    { id: 'C_RANDOM', name: 'random', kind: 'channel', members: new Set(own) },
    ...extra,
    ...users.map((user): StandInChannel => ({ id: dmOf(user.id), name: BOT.name, kind: 'im', members: new Set([user.id, BOT.user]) })),
  ];
  return {
    users: new Map(users.map((user) => [user.id, user])),
    channels: new Map(channels.map((channel) => [channel.id, channel])),
    messages: new Map(channels.map((channel) => [channel.id, new Map()])),
    ephemerals: new Map(),
    files: new Map(),
    views: new Map(),
    modals: new Map(),
    homes: new Map(),
    agentThreads: new Map(),
  };
}

/** A channel the bot may know of: private ones and DMs only as a member (facts: slack#membership). @throws channel_not_found */
export function visibleChannel(state: State, id: string): StandInChannel {
  const channel = state.channels.get(id);
  if (channel === undefined || (channel.kind !== 'channel' && !channel.members.has(BOT.user))) throw new SlackRefusal('channel_not_found');
  return channel;
}

/** A channel the bot may post into or read; a user id means that person's DM. @throws channel_not_found, not_in_channel, is_archived */
export function memberChannel(state: State, id: string): StandInChannel {
  const channel = visibleChannel(state, state.users.has(id) ? dmOf(id) : id);
  if (!channel.members.has(BOT.user)) throw new SlackRefusal('not_in_channel');
  if (channel.archived === true) throw new SlackRefusal('is_archived');
  return channel;
}

/** The messages of a channel, by ts. */
export function messagesOf(state: State, channel: string): Map<string, StoredMessage> {
  const known = state.messages.get(channel);
  if (known !== undefined) return known;
  const fresh = new Map<string, StoredMessage>();
  state.messages.set(channel, fresh);
  return fresh;
}
