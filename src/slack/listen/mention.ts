// The door of mentions: the words behind the bot's name are a command.
import type { App } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { Eyes } from '../bolt/eyes.ts';
import { unescapeText } from '../views/slack-text.ts';
import type { AnswerCommand } from './answer-command.ts';
import { whisperIn } from './whisper.ts';

export function registerMention(app: App, client: WebClient, to: { answerCommand: AnswerCommand; eyes: Eyes }): void {
  app.event('app_mention', async ({ event, context }) => {
    // In a thread the message event carries the same words.
    if (event.thread_ts !== undefined || event.user === undefined) return;
    const { user, channel, ts } = event;
    to.eyes(channel, ts);
    const text = unescapeText(withoutMention(event.text, context.botUserId));
    const asked = { kind: 'command', id: String(context.envelope), team: context.teamId ?? '', user, channel, text } as const;
    await to.answerCommand(asked, whisperIn(client, channel, user));
  });
}

/** The words without the bot's own name before them. */
export function withoutMention(text: string, botUserId: string | undefined): string {
  const words = text.trim();
  const own = /^<@(\w+)(\|[^>]*)?>\s*/.exec(words);
  return own !== null && own[1] === botUserId ? words.slice(own[0].length) : words;
}
