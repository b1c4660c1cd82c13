// Which scope each method needs, and which every bot token of the stand-in has unless told otherwise.
import type { StandInChannel } from '../team/state.ts';

/** Scopes of a token that may do everything the stand-in knows. */
export const ALL_SCOPES: readonly string[] = [
  ...['assistant:write', 'app_mentions:read', 'commands', 'chat:write', 'files:write', 'files:read', 'users:read', 'users:read.email'],
  ...['channels:history', 'groups:history', 'im:history', 'mpim:history', 'channels:read', 'groups:read', 'im:read', 'im:write'],
  ...['channels:join', 'reactions:write'],
];

const PREFIX = { channel: 'channels', private: 'groups', im: 'im' } as const;
const FIXED: Readonly<Record<string, string>> = {
  'users.info': 'users:read',
  'users.list': 'users:read',
  'conversations.open': 'im:write',
  'conversations.join': 'channels:join',
  'reactions.add': 'reactions:write',
  'files.getUploadURLExternal': 'files:write',
  'files.completeUploadExternal': 'files:write',
  'files.info': 'files:read',
};

/** The scope a call needs, by method and kind of channel; `undefined` when any token will do. */
export function scopeOf(method: string, kind: StandInChannel['kind'] | undefined): string | undefined {
  if (method.startsWith('chat.')) return 'chat:write';
  const prefix = PREFIX[kind ?? 'channel'];
  if (method === 'conversations.history' || method === 'conversations.replies') return `${prefix}:history`;
  if (method === 'conversations.info' || method === 'conversations.members') return `${prefix}:read`;
  return FIXED[method];
}
