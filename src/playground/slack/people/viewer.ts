// What one person sees: channels, messages, the recipient's live stream against the others' first chunk, ephemerals, views.

import { repliesOf } from '../events/events.ts';
import type { Views } from '../methods/views.ts';
import type { Message, PageEvents, PageState, PageStream, PageUser } from '../protocol/page-api.ts';
import type { Change } from '../team/changes.ts';
import {
  BOT,
  messagesOf,
  type StandInChannel,
  type StandInUser,
  type State,
  type StoredEphemeral,
  type StoredMessage,
  type StoredStream,
  TEAM,
} from '../team/state.ts';

type PageEvent = { [Name in keyof PageEvents]: { readonly name: Name; readonly data: PageEvents[Name] } }[keyof PageEvents];

export interface Viewer {
  sees(user: string, channel: string): boolean;
  /** @param user undefined for an all-seeing test: streams in full */
  message(stored: StoredMessage, user: string | undefined): Message;
  ephemeral(stored: StoredEphemeral): Message;
  /** Everything, oldest first; `ephemerals` interleaved. */
  state(user: StandInUser): PageState;
  /** A change as this person's page hears of it; undefined when it does not concern them. */
  event(change: Change, user: string): PageEvent | undefined;
}

export function createViewer(state: State, views: Views): Viewer {
  const nameOf = (user: string): string =>
    user === BOT.user ? BOT.name : user === 'USLACKBOT' ? 'Slackbot' : (state.users.get(user)?.name ?? user);

  const sees = (user: string, channel: string): boolean => state.channels.get(channel)?.members.has(user) === true;

  function streamOf(stored: StoredMessage, stream: StoredStream, user: string | undefined): PageStream {
    const dm = state.channels.get(stored.channel)?.kind === 'im';
    const full = user === undefined || dm || stream.state !== 'streaming' || stream.recipient === user;
    const content = full ? stream.content : stream.first;
    return {
      live: stream.state === 'streaming',
      displayMode: stream.displayMode,
      chunks: {
        ...(content.planTitle === undefined ? {} : { planTitle: content.planTitle }),
        tasks: content.tasks.map((task) => ({ ...task })),
        text: content.text,
        ...(content.blocks.length > 0 ? { blocks: [...content.blocks] } : {}),
      },
      ...(stream.error === undefined ? {} : { error: stream.error }),
    };
  }

  function message(stored: StoredMessage, user: string | undefined): Message {
    const replies = stored.threadTs === undefined ? repliesOf(state, stored.channel, stored.ts).length : 0;
    const status = state.agentThreads.get(`${stored.channel}:${stored.ts}`)?.status;
    const stream = stored.stream === undefined ? undefined : streamOf(stored, stored.stream, user);
    const files = (stored.files ?? []).flatMap((id) => {
      const file = state.files.get(id);
      return file === undefined ? [] : [{ id, name: file.name, size: file.length }];
    });
    return {
      channel: stored.channel,
      ts: stored.ts,
      ...(stored.threadTs === undefined ? {} : { threadTs: stored.threadTs }),
      user: stored.user,
      userName: nameOf(stored.user),
      isBot: stored.user === BOT.user,
      text: stream?.chunks.text ?? stored.text,
      ...(stored.blocks !== undefined && stream === undefined ? { blocks: stored.blocks } : {}),
      ...(files.length > 0 ? { files } : {}),
      ...(stored.edited === undefined ? {} : { edited: true }),
      ...(replies > 0 ? { replyCount: replies } : {}),
      ...(stored.reactions.size > 0 ? { reactions: [...stored.reactions].map(([name, users]) => ({ name, users: [...users] })) } : {}),
      ...(stream === undefined ? {} : { stream }),
      ...(status === undefined ? {} : { agentStatus: status }),
    };
  }

  function ephemeral(stored: StoredEphemeral): Message {
    return {
      channel: stored.channel,
      ts: stored.ts,
      ...(stored.threadTs === undefined ? {} : { threadTs: stored.threadTs }),
      user: stored.from,
      userName: nameOf(stored.from),
      isBot: true,
      text: stored.text,
      ...(stored.blocks === undefined ? {} : { blocks: stored.blocks }),
      ephemeralId: stored.id,
    };
  }

  const pageUser = (user: StandInUser): PageUser => ({ id: user.id, name: user.name, realName: user.realName, guest: user.guest === true });

  const pageChannel = (channel: StandInChannel) => ({
    id: channel.id,
    name: channel.name,
    isDm: channel.kind === 'im',
    member: channel.members.has(BOT.user),
  });

  return {
    sees,
    message,
    ephemeral,
    state(user) {
      const channels = [...state.channels.values()].filter((channel) => channel.members.has(user.id));
      const seen = [
        ...channels.flatMap((channel) => [...messagesOf(state, channel.id).values()].map((stored) => message(stored, user.id))),
        ...[...state.ephemerals.values()].filter((stored) => stored.to === user.id).map(ephemeral),
      ];
      const [modal, home] = [views.top(user.id), views.home(user.id)];
      return {
        me: pageUser(user),
        team: { id: TEAM.id, name: TEAM.name },
        users: [...state.users.values()].map(pageUser),
        channels: channels.map(pageChannel),
        messages: seen.sort((a, b) => Number(a.ts) - Number(b.ts)),
        modal: modal === undefined ? null : views.render(modal),
        home: home === undefined ? null : views.render(home),
      };
    },
    event(change, user) {
      switch (change.kind) {
        case 'message':
          return sees(user, change.message.channel) ? { name: 'message', data: { message: message(change.message, user) } } : undefined;
        case 'removed':
          return sees(user, change.channel) ? { name: 'removed', data: { channel: change.channel, ts: change.ts } } : undefined;
        case 'ephemeral':
          return change.ephemeral.to === user ? { name: 'ephemeral', data: { message: ephemeral(change.ephemeral) } } : undefined;
        case 'ephemeral_removed':
          return change.to === user ? { name: 'ephemeral_removed', data: { id: change.id } } : undefined;
        case 'modal':
          return change.user === user
            ? { name: 'modal', data: { view: change.view, ...(change.errors ? { errors: change.errors } : {}) } }
            : undefined;
        case 'home':
          return change.user === user ? { name: 'home', data: { view: change.view } } : undefined;
        case 'toast':
          return change.user === user ? { name: 'toast', data: { text: change.text } } : undefined;
        case 'other':
          return undefined;
      }
    },
  };
}
