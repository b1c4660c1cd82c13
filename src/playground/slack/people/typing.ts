// What a person types: messages with mentions and links as Slack writes them, slash commands, /invite; and the home tab.

import type { Events } from '../events/events.ts';
import type { Delivery, SocketMode } from '../events/socket-mode.ts';
import type { Messages } from '../methods/messages.ts';
import type { ResponseUrls } from '../methods/response-urls.ts';
import type { Views } from '../methods/views.ts';
import { WORDS } from '../protocol/limits.ts';
import { SlackRefusal } from '../protocol/refusal.ts';
import type { Changes } from '../team/changes.ts';
import {
  BOT,
  dmOf,
  messagesOf,
  SLACKBOT,
  type StandInChannel,
  type StandInUser,
  type State,
  type StoredMessage,
  TEAM,
} from '../team/state.ts';
import { CannotDo } from './interactions.ts';

export interface Typing {
  /** Posts what a person typed. @throws CannotDo */
  say(user: StandInUser, channel: string, text: string, threadTs?: string): StoredMessage;
  /** Runs a slash command; settles when the app acked or Slack gave up. @throws CannotDo for one in a thread, or in a channel they are not in */
  command(user: StandInUser, channel: string, line: string, threadTs?: string): Promise<Delivery | undefined>;
  /** Opens the app's home or messages tab. */
  home(user: StandInUser, tab: 'home' | 'messages'): void;
}

interface TypingDeps {
  readonly state: State;
  readonly changes: Changes;
  readonly events: Events;
  readonly messages: Messages;
  readonly responses: ResponseUrls;
  readonly socket: SocketMode;
  readonly views: Views;
  readonly commands: readonly string[];
  readonly base: () => string;
}

export function createTyping({ state, changes, events, messages, responses, socket, views, commands, base }: TypingDeps): Typing {
  /** Text as Slack stores it: escaped, mentions and links in angle brackets (facts: slack#text-and-notifications). */
  function written(text: string): string {
    const names = new Map<string, string>([
      [BOT.handle, BOT.user],
      ...[...state.users.values()].map((user): [string, string] => [user.name, user.id]),
    ]);
    return escaped(text)
      .replaceAll(`@${BOT.name}`, `<@${BOT.user}>`)
      .replace(/(?<![\w.<])@([\w-]+)/g, (all, name: string) => (names.has(name) ? `<@${names.get(name)}>` : all))
      .replace(/https?:\/\/[^\s<>]+/g, '<$&>');
  }

  function escaped(text: string): string {
    return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
  }

  function here(user: StandInUser, id: string): StandInChannel {
    const channel = state.channels.get(id);
    if (channel?.members.has(user.id) !== true) throw new CannotDo(`${user.name} is not in ${channel?.name ?? id}.`);
    return channel;
  }

  function slackSays(user: StandInUser, channel: string, text: string): void {
    messages.ephemeral({ channel, to: user.id, from: SLACKBOT, text });
  }

  function invite(user: StandInUser, channel: StandInChannel, who: string): void {
    if (who.replace(/^@/, '').toLowerCase() !== BOT.handle && who !== `@${BOT.name}`) {
      slackSays(user, channel.id, `No such user: ${who}`);
      return;
    }
    if (channel.members.has(BOT.user)) {
      slackSays(user, channel.id, `${BOT.name} is already in this channel.`);
      return;
    }
    channel.members.add(BOT.user);
    changes.emit({ kind: 'other' });
    messages.post({ channel: channel.id, user: SLACKBOT, text: `${BOT.name} was added to #${channel.name} by ${user.name}.` });
  }

  return {
    say(user, id, text, threadTs) {
      const channel = here(user, id);
      if (text.trim() === '') throw new CannotDo('There is no text to send.');
      const parent = threadTs === undefined ? undefined : messagesOf(state, id).get(threadTs);
      if (threadTs !== undefined && parent === undefined) throw new CannotDo('This thread is not there.');
      const root = parent?.threadTs ?? parent?.ts;
      return messages.post({ channel: channel.id, user: user.id, text: written(text), ...(root === undefined ? {} : { threadTs: root }) });
    },

    async command(user, id, line, threadTs) {
      const channel = here(user, id);
      const [, command = '', text = ''] = /^(\S+)\s*([\s\S]*)$/.exec(line.trim()) ?? [];
      if (threadTs !== undefined) throw new CannotDo(WORDS.inThread(command));
      if (command === '/invite') {
        invite(user, channel, text.trim());
        return undefined;
      }
      if (!commands.includes(command)) {
        slackSays(user, channel.id, WORDS.unknown(command));
        return undefined;
      }
      const target = { channel: channel.id, user: user.id };
      const delivery = await socket.deliver('slash_commands', {
        token: 'playground',
        team_id: TEAM.id,
        team_domain: TEAM.domain,
        channel_id: channel.id,
        channel_name: channel.kind === 'im' ? 'directmessage' : channel.kind === 'private' ? 'privategroup' : channel.name,
        user_id: user.id,
        user_name: user.name,
        command,
        // Also where the manifest says `should_escape: false` (facts: slack#slash-commands).
        text: escaped(text),
        api_app_id: BOT.app,
        is_enterprise_install: 'false',
        response_url: base() + responses.create(target),
        trigger_id: views.trigger(user.id),
      });
      if (delivery.state === 'timeout') slackSays(user, channel.id, WORDS.noAnswer(command));
      if (delivery.state === 'no_socket') slackSays(user, channel.id, WORDS.noApp(command));
      if (delivery.state === 'acked' && (delivery.payload.text !== undefined || delivery.payload.blocks !== undefined)) {
        try {
          responses.apply(target, delivery.payload);
        } catch (error) {
          if (!(error instanceof SlackRefusal)) throw error;
          slackSays(user, channel.id, WORDS.noApp(command));
        }
      }
      return delivery;
    },

    home(user, tab) {
      const view = views.home(user.id);
      const shown = view === undefined ? {} : { view: views.render(view) };
      events.send({ type: 'app_home_opened', user: user.id, channel: dmOf(user.id), tab, ...shown });
    },
  };
}
