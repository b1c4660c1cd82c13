// Opens a thread about a job or folder, one for a channel: where there is one already, whoever asks is led there, or begins another.
import type { WebClient } from '@slack/web-api';
import type { Conversation } from '../../conversation/conversation.ts';
import type { ConversationRow } from '../../conversation/rows.ts';
import type { Logger } from '../../values/log.ts';
import type { ChannelLine } from '../bolt/channel-line.ts';
import { slackError } from '../bolt/passing.ts';
import { directChannel } from '../thread/direct-channel.ts';
import { troubleOf } from '../thread/refusals.ts';
import type { SlackThread } from '../thread/thread.ts';
import { renderEarlierThread, renderWords } from '../views/answers.ts';
import { clip, escapeText } from '../views/slack-text.ts';
import type { Asked } from './connect.ts';
import type { Whisper } from './whisper.ts';

type Subject = ConversationRow['subject'];

/** Who has so many before them in a channel is told: with fewer it is a matter of seconds. Our choice. */
const MANY = 5;
/** What posting answers where we are no member (facts: slack#membership). */
const NOT_A_MEMBER = new Set(['not_in_channel', 'channel_not_found']);

export type OpenThread = (asked: Asked, subject: Subject, isPrivate: boolean, whisper: Whisper) => Promise<void>;

export function createOpenThread(deps: {
  client: WebClient;
  thread: Pick<SlackThread, 'anchor' | 'address'>;
  conversation: Pick<Conversation, 'admit' | 'begin' | 'openAlone' | 'before'>;
  line: ChannelLine;
  log: Logger;
}): OpenThread {
  const { client, thread, conversation, line, log } = deps;

  /** The address of the newest thread that is still there. */
  async function addressOf(earlier: readonly ConversationRow[]): Promise<string | undefined> {
    for (const one of earlier) {
      const address = await thread.address(one);
      if (address !== undefined) return address;
    }
    return undefined;
  }

  /** The root message, then the conversation under it. Told again, it does nothing twice. */
  async function begin({ id, team, user: requester }: Asked, subject: Subject, channel: string, isPrivate: boolean): Promise<void> {
    const threadTs = await thread.anchor(channel, { id, requester, subject }, await conversation.before(requester, id));
    await conversation.begin({ id, team, channel, threadTs, private: isPrivate, requester, subject });
  }

  return async (asked, subject, isPrivate, whisper) => {
    const { id, anew } = asked;
    const channel = isPrivate ? await directChannel(client, asked.user) : asked.channel;
    /** Said as well as it can be, and nobody waits for it. */
    const mention = (words: string) =>
      whisper(renderWords(words)).catch((error: unknown) => log.warn({ err: error, request: id }, 'not told beside a new thread'));
    const begun = async () => {
      const near = await conversation.admit({ team: asked.team, channel, user: asked.user, request: id, talks: false });
      await begin(asked, subject, channel, isPrivate);
      if (near !== undefined) void mention(near);
      if (isPrivate && !asked.channel.startsWith('D'))
        await whisper(renderWords('I am working on it and send everything to you directly.'));
    };
    const open = async (earlier: readonly ConversationRow[]) => {
      const own = earlier.find((one) => one.id === id);
      const candidates = own === undefined ? (anew ? [] : earlier) : anew ? [own] : [];
      const address = await addressOf(candidates);
      if (address !== undefined) return whisper(renderEarlierThread(aboutOf(subject), address, { id, text: textOf(subject, isPrivate) }));
      if (own === undefined || !anew) return begun();
      return whisper(renderWords('The thread that you started with this button has been deleted. Ask again for another one.'));
    };
    const key = 'jobId' in subject ? { jobId: subject.jobId } : { folder: subject.folder };
    const before = line.length(channel);
    if (before >= MANY)
      void mention(`:hourglass_flowing_sand: ${before} threads begin before yours here, and Slack takes about one a second.`);
    try {
      if (await line.wait(channel, () => conversation.openAlone({ channel, subject: key, request: id }, open))) return;
      await whisper(
        renderWords(`Somebody else opens a thread about ${aboutOf(subject)} here at this moment. Look for it, or ask again in a minute.`),
      );
    } catch (error) {
      const refused = renderRefused(error, isPrivate);
      if (refused === undefined) throw error;
      log.warn({ err: error, request: id }, 'no thread opened: Slack does not let us write there');
      await whisper(refused);
    }
  };
}

/** Why there is no thread, and what to do; undefined where it is not Slack that keeps us from writing there. */
function renderRefused(error: unknown, isPrivate: boolean) {
  const trouble = troubleOf(error);
  if (trouble?.kind === 'app')
    return renderWords(`I can’t write anything now: ${trouble.why}. Tell whoever runs me, and ask again when they have seen to it.`);
  if (trouble?.kind !== 'place') return undefined;
  if (isPrivate) return renderWords(`I can’t write to you directly: ${trouble.why}. Ask an admin of Slack whether apps may write to you.`);
  if (NOT_A_MEMBER.has(slackError(error) ?? ''))
    return renderWords(
      'I am not a member here, so I can’t answer. Type `/invite @DAB Bot` and ask again, or put `private` behind what you typed.',
    );
  return renderWords(`I can’t write here: ${trouble.why}. Put \`private\` behind what you typed, and I answer directly.`);
}

function aboutOf(subject: Subject): string {
  return 'jobId' in subject ? `job ${subject.jobId}` : `the folder ${escapeText(clip(subject.folder, 200))}`;
}

/** What one types for it. */
function textOf(subject: Subject, isPrivate: boolean): string {
  return `${'jobId' in subject ? `job ${subject.jobId}` : `workspace "${subject.folder}"`}${isPrivate ? ' private' : ''}`;
}
