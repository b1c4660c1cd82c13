// After somebody has connected: tells them, and goes on with what they had asked.
import type { WebClient } from '@slack/web-api';
import type { Linked } from '../../identity/identities.ts';
import { directChannel } from '../thread/direct-channel.ts';
import { renderWords } from '../views/answers.ts';
import { escapeText } from '../views/slack-text.ts';
import type { AnswerCommand } from './answer-command.ts';
import { parseResume } from './connect.ts';
import type { TakeReply } from './take-reply.ts';
import { whisperIn } from './whisper.ts';

/** May be called again for a link that was told before. */
export function createResume(deps: { client: WebClient; answerCommand: AnswerCommand; takeReply: TakeReply }) {
  const { client } = deps;
  return async ({ resume: stored, identity }: Pick<Linked, 'resume' | 'identity'>): Promise<void> => {
    const resume = parseResume(stored);
    const { channel, user } = resume;
    const whisper = whisperIn(client, channel, user, resume.kind === 'reply' ? resume.threadTs : undefined);
    const said = renderWords(`You are connected as ${escapeText(identity.userName)}. If that was not you, type \`/dab disconnect\`.`);
    // In a channel without us the person still hears of the link, directly.
    await whisper(said).catch(async () => whisperIn(client, await directChannel(client, user), user)(said));
    if (resume.kind === 'command') await deps.answerCommand(resume, whisper);
    if (resume.kind === 'reply') await deps.takeReply(resume);
  };
}
