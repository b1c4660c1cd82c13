// Answers a command, from whichever door it came: help and lists at once, a job or a folder with a new conversation.
import type { Conversation } from '../../conversation/conversation.ts';
import type { Identities } from '../../identity/identities.ts';
import { UserError } from '../../values/errors.ts';
import type { Logger } from '../../values/log.ts';
import { baseName } from '../../values/workspace-path.ts';
import { type ListedJob, renderHelp, renderJobs, renderUsage, renderWords } from '../views/answers.ts';
import { escapeText } from '../views/slack-text.ts';
import type { Asked, Connect } from './connect.ts';
import type { OpenThread } from './open-thread.ts';
import { type Command, parseCommand } from './parse-command.ts';
import { type Whisper, whisperFailure } from './whisper.ts';

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
  openThread: OpenThread;
  connect: Connect;
  identities: Pick<Identities, 'of' | 'unlink'>;
  lookup: WorkspaceLookup;
  conversation: Pick<Conversation, 'used'>;
  host: string;
  log: Logger;
}): AnswerCommand {
  const { connect, lookup } = deps;

  async function answer(asked: Asked, command: Command, whisper: Whisper): Promise<unknown> {
    const who = { team: asked.team, user: asked.user };
    switch (command.kind) {
      case 'help':
        return whisper(renderHelp((await deps.identities.of(who))?.userName));
      case 'unclear':
        return whisper(renderWords(command.hint));
      case 'usage':
        return whisper(renderUsage(await deps.conversation.used(asked)));
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
    return deps.openThread(asked, { jobId: command.jobId, name }, command.private, whisper);
  }

  async function startFolder(
    asked: Asked,
    { path, private: isPrivate }: Extract<Command, { kind: 'workspace' }>,
    whisper: Whisper,
  ): Promise<unknown> {
    const found = await lookup.requireFolder(asked, path).catch((error: unknown) => error);
    if (found instanceof UserError) return whisper(renderWords(escapeText(found.message)));
    if (found !== undefined) throw found;
    return deps.openThread(asked, { folder: path, name: baseName(path) }, isPrivate, whisper);
  }

  return async (asked, whisper) => {
    try {
      await answer(asked, parseCommand(asked.text, deps.host), whisper);
    } catch (error) {
      await whisperFailure(whisper, error, asked.id, deps.log);
    }
  };
}
