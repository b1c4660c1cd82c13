// The reading methods: auth.test, users.*, conversations.*; and joining a channel.

import { apiMessage, repliesOf } from '../events/events.ts';
import { type Args, type Dict, SlackRefusal } from '../protocol/refusal.ts';
import type { Changes } from '../team/changes.ts';
import {
  BOT,
  dmOf,
  memberChannel,
  messagesOf,
  type StandInChannel,
  type StandInUser,
  type State,
  type StoredMessage,
  TEAM,
  visibleChannel,
} from '../team/state.ts';

type Method = (args: Args, base: string) => Dict;

/** A user in the shape of users.info. `email` only with users:read.email. */
function apiUser(user: StandInUser, email: boolean): Dict {
  return {
    id: user.id,
    team_id: user.stranger === true ? 'T_OTHER' : TEAM.id,
    name: user.name,
    real_name: user.realName,
    deleted: false,
    tz: user.tz ?? 'Etc/UTC',
    tz_offset: 0,
    profile: { real_name: user.realName, display_name: user.name, ...(email ? { email: user.email } : {}) },
    is_bot: false,
    is_admin: false,
    is_owner: false,
    is_restricted: user.guest === true,
    is_ultra_restricted: false,
    ...(user.stranger === true ? { is_stranger: true } : {}),
    updated: 0,
  };
}

function apiChannel(channel: StandInChannel): Dict {
  const im = channel.kind === 'im';
  return {
    id: channel.id,
    ...(im ? { user: [...channel.members].find((member) => member !== BOT.user) } : { name: channel.name, name_normalized: channel.name }),
    is_channel: channel.kind === 'channel',
    is_group: channel.kind === 'private',
    is_im: im,
    is_mpim: false,
    is_private: channel.kind !== 'channel',
    // Where none of them is so, they are there all the same, false (facts: slack#who-reads-a-channel).
    is_shared: channel.shared === 'external' || channel.shared === 'organization',
    is_ext_shared: channel.shared === 'external',
    is_pending_ext_shared: channel.shared === 'pending',
    is_org_shared: channel.shared === 'organization',
    is_archived: channel.archived === true,
    is_member: channel.members.has(BOT.user),
    num_members: channel.members.size,
    context_team_id: TEAM.id,
  };
}

/** Cuts a list by cursor and limit. @returns the page and the next cursor, empty on the last */
function page<T>(items: readonly T[], args: Args, most: number): { items: T[]; more: boolean; cursor: string } {
  const from = Number(Buffer.from(args.text('cursor') ?? '', 'base64url').toString() || '0');
  if (Number.isNaN(from)) throw new SlackRefusal('invalid_cursor');
  const limit = Math.min(args.number('limit') ?? most, most);
  const more = from + limit < items.length;
  return { items: items.slice(from, from + limit), more, cursor: more ? Buffer.from(String(from + limit)).toString('base64url') : '' };
}

function within(message: StoredMessage, args: Args): boolean {
  const [oldest, latest, inclusive] = [args.text('oldest'), args.text('latest'), args.flag('inclusive')];
  const after = oldest === undefined || Number(message.ts) > Number(oldest) || (inclusive && message.ts === oldest);
  return after && (latest === undefined || Number(message.ts) < Number(latest) || (inclusive && message.ts === latest));
}

/** @param hasScope whether the bot token carries a scope */
export function createConversations(
  state: State,
  changes: Changes,
  hasScope: (scope: string) => boolean,
): Readonly<Record<string, Method>> {
  const list = (messages: readonly StoredMessage[], args: Args, most: number): Dict => {
    const { items, more, cursor } = page(messages, args, most);
    const metadata = args.flag('include_all_metadata');
    return {
      messages: items.map((message) => apiMessage(state, message, { metadata })),
      has_more: more,
      response_metadata: { next_cursor: cursor },
    };
  };

  return {
    'auth.test': (_args, base) => ({
      url: `${base}/`,
      team: TEAM.name,
      user: BOT.handle,
      team_id: TEAM.id,
      user_id: BOT.user,
      bot_id: BOT.bot,
      app_id: BOT.app,
      is_enterprise_install: false,
    }),
    'users.info'(args) {
      const id = args.need('user');
      if (id === BOT.user) {
        const bot = { id, name: BOT.handle, realName: BOT.name, email: '' };
        return { user: { ...apiUser(bot, false), is_bot: true } };
      }
      const user = state.users.get(id);
      if (user === undefined) throw new SlackRefusal('user_not_found');
      return { user: apiUser(user, hasScope('users:read.email')) };
    },
    'users.list'(args) {
      // Other teams' people are not in it, whatever channels they share (facts: slack#who-reads-a-channel).
      const own = [...state.users.values()].filter((user) => user.stranger !== true);
      const bot = { ...apiUser({ id: BOT.user, name: BOT.handle, realName: BOT.name, email: '' }, false), is_bot: true };
      const { items, cursor } = page([bot, ...own.map((user) => apiUser(user, hasScope('users:read.email')))], args, 1000);
      return { members: items, cache_ts: 0, response_metadata: { next_cursor: cursor } };
    },
    'chat.getPermalink'(args, base) {
      const channel = visibleChannel(state, args.need('channel'));
      const message = messagesOf(state, channel.id).get(args.need('message_ts'));
      if (message === undefined) throw new SlackRefusal('message_not_found');
      return { channel: channel.id, permalink: `${base}/archives/${channel.id}/p${message.ts.replace('.', '')}` };
    },
    'conversations.info': (args) => ({ channel: apiChannel(visibleChannel(state, args.need('channel'))) }),
    'conversations.open'(args) {
      const channel = args.text('channel');
      const users = (args.text('users') ?? '').split(',').filter((user) => user !== '');
      if (channel === undefined && users.length !== 1)
        throw new SlackRefusal(users.length === 0 ? 'users_list_not_supplied' : 'too_many_users');
      const [user = ''] = users;
      if (user === BOT.user) throw new SlackRefusal('cannot_dm_bot');
      if (channel === undefined && !state.users.has(user)) throw new SlackRefusal('user_not_found');
      const dm = visibleChannel(state, channel ?? dmOf(user));
      return { already_open: true, channel: args.flag('return_im') ? apiChannel(dm) : { id: dm.id } };
    },
    'conversations.join'(args) {
      const channel = visibleChannel(state, args.need('channel'));
      if (channel.kind !== 'channel') throw new SlackRefusal('method_not_supported_for_channel_type');
      if (channel.archived === true) throw new SlackRefusal('is_archived');
      const already = channel.members.has(BOT.user);
      channel.members.add(BOT.user);
      changes.emit({ kind: 'other' });
      return { channel: apiChannel(channel), ...(already ? { warning: 'already_in_channel' } : {}) };
    },
    'conversations.members'(args) {
      const { items, cursor } = page([...visibleChannel(state, args.need('channel')).members], args, 1000);
      return { members: items, response_metadata: { next_cursor: cursor } };
    },
    'conversations.history'(args) {
      const channel = memberChannel(state, args.need('channel'));
      const roots = [...messagesOf(state, channel.id).values()].filter(
        (message) => message.threadTs === undefined && within(message, args),
      );
      return list(roots.reverse(), args, 999);
    },
    'conversations.replies'(args) {
      const channel = memberChannel(state, args.need('channel'));
      const asked = messagesOf(state, channel.id).get(args.need('ts'));
      if (asked === undefined) throw new SlackRefusal('thread_not_found');
      const root = messagesOf(state, channel.id).get(asked.threadTs ?? asked.ts);
      const replies = repliesOf(state, channel.id, root?.ts ?? asked.ts).filter((message) => within(message, args));
      return list([...(root === undefined ? [] : [root]), ...replies], args, 1000);
    },
  };
}
