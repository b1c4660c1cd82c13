// Whether somebody may read what a conversation is about: their own token is asked, at this moment.
import type { ConversationRow } from '../../conversation/rows.ts';
import { UserError } from '../../values/errors.ts';
import type { WhoReads } from './who-reads.ts';

interface Who {
  readonly team: string;
  readonly user: string;
}

type Subject = { readonly jobId: string } | { readonly folder: string };

/** Why this person may not read it, in words; undefined where they may. */
export type MayRead = (who: Who, subject: Subject) => Promise<string | undefined>;

interface MayReadDeps {
  readonly identities: { of(who: Who): Promise<unknown> };
  /** Each rejects with UserError where this person may not read it. */
  readonly lookup: { jobName(who: Who, jobId: string): Promise<string>; requireFolder(who: Who, path: string): Promise<void> };
}

export function createMayRead({ identities, lookup }: MayReadDeps): MayRead {
  return async (who, subject) => {
    if ((await identities.of(who)) === undefined) return 'You are not connected to Databricks: `/dab connect` does it.';
    try {
      if ('jobId' in subject) await lookup.jobName(who, subject.jobId);
      else await lookup.requireFolder(who, subject.folder);
      return undefined;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return error.words.problem;
    }
  };
}

/**
 * Why Claude does not work in a thread for this person, since it answers out of the bundle's files; undefined where it does: for all where only
 * the team reads, else for people who may read what it is about.
 */
export async function whyNotFor(
  who: Who,
  conversation: Pick<ConversationRow, 'channel' | 'team' | 'subject'>,
  { whoReads, mayRead }: { readonly whoReads: WhoReads; readonly mayRead: MayRead },
): Promise<string | undefined> {
  const no = (await whoReads(conversation)) === undefined ? undefined : await mayRead(who, conversation.subject);
  return no && `I work here for people who may read ${aboutOf(conversation.subject)} themselves. ${no}`;
}

/** What a conversation is about, as in “who may read job 123”. */
export function aboutOf(subject: ConversationRow['subject'] | Subject): string {
  return 'jobId' in subject ? `job ${subject.jobId}` : `the folder ${subject.folder}`;
}
