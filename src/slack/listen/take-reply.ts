// Takes a message in a thread of ours: one more turn, as its writer.
import type { WebClient } from '@slack/web-api';
import type { Conversation } from '../../conversation/conversation.ts';
import type { Waits } from '../../conversation/turn-queue.ts';
import type { Logger } from '../../values/log.ts';
import type { Eyes } from '../bolt/eyes.ts';
import { whyNotFor } from '../thread/may-read.ts';
import type { SlackThread } from '../thread/thread.ts';
import { renderWords } from '../views/answers.ts';
import { escapeText } from '../views/slack-text.ts';
import type { Connect, Resume } from './connect.ts';
import { whisperFailure, whisperIn } from './whisper.ts';

export type TakeReply = (message: Extract<Resume, { kind: 'reply' }>) => Promise<void>;

export function createTakeReply(deps: {
  client: WebClient;
  conversation: Pick<Conversation, 'admit' | 'inThread' | 'reply'>;
  connect: Connect;
  thread: Pick<SlackThread, 'whoReads' | 'mayRead'>;
  eyes: Eyes;
  log: Logger;
}): TakeReply {
  const { conversation, thread } = deps;
  return async (message) => {
    const { channel, threadTs, user, ts } = message;
    const row = await conversation.inThread(channel, threadTs);
    if (row === undefined) return;
    const whisper = whisperIn(deps.client, channel, user, threadTs);
    try {
      const identity = await deps.connect.identityOf(message, 'To work on this bundle I act as you.', message, whisper);
      if (identity === undefined) return;
      // Claude answers out of the bundle's files: whoever is not sent those is not told of them either.
      const no = await whyNotFor(message, row, thread);
      if (no !== undefined) return void (await whisper(renderWords(escapeText(no))));
      const request = `${channel}:${ts}`;
      const near = await conversation.admit({ team: message.team, channel, user, request, talks: true });
      const waits = await conversation.reply(row, user, message.text, request);
      deps.eyes(channel, ts);
      const receipt = waits && `:hourglass_flowing_sand: I have your message. ${waitingWords(waits)}`;
      const words = [receipt, near].filter((one) => one !== undefined).join('\n');
      if (words === '') return;
      // Said as well as it can be: the message is taken, whatever becomes of these words.
      await whisper(renderWords(words)).catch((error: unknown) => deps.log.warn({ err: error }, 'not told what a message waits for'));
    } catch (error) {
      await whisperFailure(whisper, error, ts, deps.log);
    }
  };
}

/** What for, and how many are before it. */
function waitingWords(waits: Waits): string {
  if (!('of' in waits)) {
    const [work, before] =
      'free' in waits
        ? ['in other threads, as many as I can be', waits.free]
        : ['on others that you asked for, as many as one person may have', waits.own];
    return `I am at work ${work}. ${before === 0 ? 'It is the next one' : `Before it in the line: ${before}`}.`;
  }
  const { of, more } = waits;
  const rest = more === 0 ? '' : `, and ${more === 1 ? 'one more message' : `${more} more messages`} of this thread`;
  return `First I finish what <@${of}> asked for${rest}.`;
}
