// The door of messages: in a thread a reply, in a direct message a command.
import type { App } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { Eyes } from '../bolt/eyes.ts';
import { unescapeText } from '../views/slack-text.ts';
import type { AnswerCommand } from './answer-command.ts';
import { withoutMention } from './mention.ts';
import type { TakeReply } from './take-reply.ts';
import { whisperIn } from './whisper.ts';

export function registerMessage(app: App, client: WebClient, to: { answerCommand: AnswerCommand; takeReply: TakeReply; eyes: Eyes }): void {
  app.message(async ({ message, context }) => {
    // What a person types: also with a file, or sent to the channel as well.
    if (message.subtype !== undefined && message.subtype !== 'file_share' && message.subtype !== 'thread_broadcast') return;
    if (message.user === undefined || ('bot_id' in message && message.bot_id !== undefined)) return;
    const text = withoutMention(message.text ?? '', context.botUserId);
    const from = { team: context.teamId ?? '', user: message.user, channel: message.channel };
    if (message.thread_ts !== undefined) {
      // Words that open with somebody else's name are meant for them.
      if (/^<@[UW]/.test(text) || text === '') return;
      await to.takeReply({ kind: 'reply', ...from, threadTs: message.thread_ts, ts: message.ts, text: unescapeText(text) });
    } else if ('channel_type' in message && message.channel_type === 'im') {
      to.eyes(from.channel, message.ts);
      const asked = { kind: 'command', id: String(context.envelope), ...from, text: unescapeText(text) } as const;
      await to.answerCommand(asked, whisperIn(client, from.channel, from.user));
    }
  });
}
