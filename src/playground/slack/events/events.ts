// Events as Slack sends them to the app: which it subscribed to, and the payload around each.

import { type Dict, randomId } from '../protocol/refusal.ts';
import type { Time } from '../protocol/time.ts';
import type { StandInChannel, State, StoredMessage } from '../team/state.ts';
import { BOT, SLACKBOT, TEAM } from '../team/state.ts';
import type { SocketMode } from './socket-mode.ts';

/** What the app's manifest subscribes to (facts: slack#manifest-and-scopes). */
export const DEFAULT_EVENTS = [
  'app_home_opened',
  'app_mention',
  'message.im',
  'message.channels',
  'message.groups',
  'agent_session_stopped',
  'agent_session_title_changed',
] as const;

export interface Events {
  /** A message came, changed or went; sent where the bot is a member, its own included. */
  message(message: StoredMessage, what: 'posted' | 'changed' | 'deleted', previous?: Dict): void;
  /** Any other event, when subscribed. */
  send(event: Dict & { type: string }): void;
}

const SUBSCRIPTION = { channel: 'message.channels', private: 'message.groups', im: 'message.im' } as const;
const CHANNEL_TYPE = { channel: 'channel', private: 'group', im: 'im' } as const;

/** A message in the shape of events and conversations.replies. `metadata` only on request. */
export function apiMessage(state: State, message: StoredMessage, options: { metadata?: boolean } = {}): Dict {
  const replies = message.threadTs === undefined ? repliesOf(state, message.channel, message.ts) : [];
  const own = message.user === BOT.user;
  return {
    type: 'message',
    ...(message.subtype === undefined ? {} : { subtype: message.subtype }),
    user: message.user,
    ts: message.ts,
    text: message.text,
    team: TEAM.id,
    ...(own ? { bot_id: BOT.bot, app_id: BOT.app, bot_profile: { id: BOT.bot, app_id: BOT.app, name: BOT.name, team_id: TEAM.id } } : {}),
    ...(message.blocks === undefined ? {} : { blocks: message.blocks }),
    ...(message.threadTs === undefined ? {} : { thread_ts: message.threadTs, parent_user_id: parentOf(state, message)?.user }),
    ...(replies.length > 0 ? { thread_ts: message.ts, reply_count: replies.length, latest_reply: replies.at(-1)?.ts } : {}),
    ...(message.edited === undefined ? {} : { edited: { user: message.user, ts: message.edited } }),
    ...(message.files === undefined ? {} : { files: message.files.map((id) => fileOf(state, id)) }),
    ...(message.reactions.size > 0
      ? {
          reactions: [...message.reactions].map(([name, users]) => ({ name, users: [...users], count: users.size })),
        }
      : {}),
    ...(options.metadata === true && message.metadata !== undefined ? { metadata: message.metadata } : {}),
  };
}

/** The replies under a root, oldest first. */
export function repliesOf(state: State, channel: string, root: string): StoredMessage[] {
  return [...(state.messages.get(channel)?.values() ?? [])].filter((message) => message.threadTs === root);
}

function parentOf(state: State, message: StoredMessage): StoredMessage | undefined {
  return message.threadTs === undefined ? undefined : state.messages.get(message.channel)?.get(message.threadTs);
}

function fileOf(state: State, id: string): Dict {
  const file = state.files.get(id);
  return file === undefined
    ? { id }
    : { id, name: file.name, title: file.title, size: file.length, mode: 'hosted', filetype: file.name.split('.').at(-1) };
}

export function createEvents(state: State, socket: SocketMode, time: Time, subscribed: readonly string[]): Events {
  const counted = { next: 1 };

  function wrap(event: Dict): void {
    const seconds = Math.floor(time.now() / 1000);
    socket.event({
      token: 'playground',
      team_id: TEAM.id,
      api_app_id: BOT.app,
      event: { event_ts: `${seconds}.${String(counted.next++).padStart(6, '0')}`, ...event },
      type: 'event_callback',
      event_id: randomId('Ev'),
      event_time: seconds,
      authorizations: [{ enterprise_id: null, team_id: TEAM.id, user_id: BOT.user, is_bot: true, is_enterprise_install: false }],
      is_ext_shared_channel: false,
    });
  }

  function tell(channel: StandInChannel, event: Dict): void {
    if (!channel.members.has(BOT.user) || !subscribed.includes(SUBSCRIPTION[channel.kind])) return;
    wrap({ ...event, channel: channel.id, channel_type: CHANNEL_TYPE[channel.kind] });
  }

  return {
    message(message, what, previous) {
      const channel = state.channels.get(message.channel);
      if (channel === undefined || message.user === SLACKBOT) return;
      const shown = apiMessage(state, message);
      if (what === 'changed') {
        tell(channel, {
          type: 'message',
          subtype: 'message_changed',
          hidden: true,
          message: shown,
          previous_message: previous,
          ts: time.ts(),
        });
      } else if (what === 'deleted') {
        tell(channel, {
          type: 'message',
          subtype: 'message_deleted',
          hidden: true,
          previous_message: shown,
          deleted_ts: message.ts,
          ts: time.ts(),
        });
      } else {
        tell(channel, { ...shown, event_ts: message.ts });
        const mentioned = message.user !== BOT.user && channel.kind !== 'im' && message.text.includes(`<@${BOT.user}>`);
        if (mentioned && channel.members.has(BOT.user) && subscribed.includes('app_mention')) {
          wrap({ ...shown, type: 'app_mention', channel: channel.id, event_ts: message.ts });
        }
      }
    },
    send(event) {
      if (subscribed.includes(event.type)) wrap(event);
    },
  };
}
