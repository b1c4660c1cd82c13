// Answers a command, from whichever door it came: help and lists at once, a job or a folder with a new conversation.
import type { WebClient } from '@slack/web-api';
import type { Conversation } from '../../conversation/conversation.ts';
import type { Identities } from '../../identity/identities.ts';
import { UserError } from '../../values/errors.ts';
import type { Logger } from '../../values/log.ts';
import { baseName } from '../../values/workspace-path.ts';
import { slackError } from '../thread/poster.ts';
import type { SlackThread } from '../thread/thread.ts';
import { type ListedJob, renderHelp, renderJobs, renderWords } from '../views/answers.ts';
import { escapeText } from '../views/slack-text.ts';
import type { Asked, Connect } from './connect.ts';
import { type Command, parseCommand } from './parse-command.ts';
import { directChannel, type Whisper, whisperFailure } from './whisper.ts';

/** Reads of the workspace as one person: this room knows no Databricks. */
export interface WorkspaceLookup {
  /** The name of a job; rejects with UserError where this person sees none. */
  jobName(who: { team: string; user: string }, jobId: string): Promise<string>;
  listJobs(who: { team: string; user: string }, name: string, limit: number): Promise<ListedJob[]>;
  /** Resolves where the folder is there and may be listed; rejects with UserError otherwise. */
  requireFolder(who: { team: string; user: string }, path: string): Promise<void>;
}

/** Jobs that one answer lists; one more is asked for, to know whether there are more. */
const LISTED_JOBS = 10;

export type AnswerCommand = (asked: Asked, whisper: Whisper) => Promise<void>;

export function createAnswerCommand(deps: {
  client: WebClient;
  thread: Pick<SlackThread, 'anchor'>;
  conversation: Pick<Conversation, 'begin'>;
  connect: Connect;
  identities: Pick<Identities, 'of' | 'unlink'>;
  lookup: WorkspaceLookup;
  host: string;
  log: Logger;
}): AnswerCommand {
  const { client, connect, lookup } = deps;

  async function answer(asked: Asked, command: Command, whisper: Whisper): Promise<unknown> {
    const who = { team: asked.team, user: asked.user };
    switch (command.kind) {
      case 'help':
        return whisper(renderHelp((await deps.identities.of(who))?.userName));
      case 'unclear':
        return whisper(renderWords(command.hint));
      case 'disconnect':
        await deps.identities.unlink(who);
        return whisper(renderWords('You are not connected to Databricks any more, and I have forgotten your tokens.'));
      case 'connect': {
        const identity = await connect.identityOf(who, 'Happy to.', { kind: 'none', user: asked.user, channel: asked.channel }, whisper);
        return identity && whisper(renderWords(`You are connected as ${escapeText(identity.userName)}.`));
      }
      case 'jobs': {
        const identity = await connect.identityOf(who, 'To list jobs I read them as you.', asked, whisper);
        if (identity === undefined) return undefined;
        const jobs = await lookup.listJobs(who, command.name, LISTED_JOBS + 1);
        return whisper(renderJobs(jobs.slice(0, LISTED_JOBS), command.name, jobs.length > LISTED_JOBS));
      }
      case 'job': {
        const identity = await connect.identityOf(who, `To make a bundle of job ${command.jobId} I read it as you.`, asked, whisper);
        return identity && startJob(asked, command, whisper);
      }
      case 'workspace': {
        const identity = await connect.identityOf(who, `To make a bundle of ${command.path} I read it as you.`, asked, whisper);
        return identity && startFolder(asked, command, whisper);
      }
    }
  }

  /** The job is read first, so that a wrong id leaves nothing in the channel. */
  async function startJob(asked: Asked, command: Extract<Command, { kind: 'job' }>, whisper: Whisper): Promise<unknown> {
    const name = await lookup.jobName(asked, command.jobId).catch((error: unknown) => error);
    if (name instanceof UserError) return whisper(renderWords(`${escapeText(name.message)} \`/dab jobs churn\` finds jobs by name.`));
    if (typeof name !== 'string') throw name;
    return start(asked, { jobId: command.jobId, name }, command.private, whisper);
  }

  async function startFolder(
    asked: Asked,
    { path, private: isPrivate }: Extract<Command, { kind: 'workspace' }>,
    whisper: Whisper,
  ): Promise<unknown> {
    const found = await lookup.requireFolder(asked, path).catch((error: unknown) => error);
    if (found instanceof UserError) return whisper(renderWords(escapeText(found.message)));
    if (found !== undefined) throw found;
    return start(asked, { folder: path, name: baseName(path) }, isPrivate, whisper);
  }

  /** The root message, then the conversation under it. */
  async function start(
    asked: Asked,
    subject: Parameters<Conversation['begin']>[0]['subject'],
    isPrivate: boolean,
    whisper: Whisper,
  ): Promise<unknown> {
    const { id, team, user: requester } = asked;
    const channel = isPrivate ? await directChannel(client, requester) : asked.channel;
    let threadTs: string;
    try {
      threadTs = await deps.thread.anchor(channel, { id, requester, subject });
    } catch (error) {
      const code = slackError(error);
      if (code !== 'not_in_channel' && code !== 'channel_not_found') throw error;
      return whisper(
        renderWords(
          'I am not a member here, so I can’t answer. Type `/invite @DAB Bot` and ask again, or put `private` behind what you typed.',
        ),
      );
    }
    await deps.conversation.begin({ id, team, channel, threadTs, private: isPrivate, requester, subject, eventKey: id });
    return isPrivate && !asked.channel.startsWith('D')
      ? whisper(renderWords('I am working on it and send everything to you directly.'))
      : undefined;
  }

  return async (asked, whisper) => {
    try {
      await answer(asked, parseCommand(asked.text, deps.host), whisper);
    } catch (error) {
      await whisperFailure(whisper, error, asked.id, deps.log);
    }
  };
}
