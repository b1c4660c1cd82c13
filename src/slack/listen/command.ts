// The door of the /dab command.
import type { App } from '@slack/bolt';
import { unescapeText } from '../views/slack-text.ts';
import type { AnswerCommand } from './answer-command.ts';
import { whisperBy } from './whisper.ts';

export function registerCommand(app: App, answerCommand: AnswerCommand): void {
  app.command('/dab', async ({ command, respond, context }) => {
    const { team_id: team, user_id: user, channel_id: channel } = command;
    const text = unescapeText(command.text);
    await answerCommand({ kind: 'command', id: String(context.envelope), team, user, channel, text }, whisperBy(respond));
  });
}
