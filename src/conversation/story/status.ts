// Where a conversation stands: what it is at, what waits for whom, and what is deployed; computed from rows whenever it is asked for.
import type { ProposalInStory } from '../../storage/deployment-proposals.ts';
import type { Storage } from '../../storage/storage.ts';

/** The latest of what a version was deployed to: a record, until something newer is there or it is destroyed. */
interface Deployed {
  readonly target: string;
  readonly version: number;
  readonly by: string | undefined;
}

export interface Status {
  /** What is going on, or what happened last where nothing is. */
  readonly now:
    | { readonly kind: 'working' | 'stopped' | 'quiet' }
    | { readonly kind: 'deploying'; readonly version: number; readonly target: string; readonly by: string | undefined }
    | { readonly kind: 'waits'; readonly offers: readonly { readonly version: number; readonly target: string }[] }
    /** A version without an offer: no plan could be made, it was declined, or the offer has ended. */
    | { readonly kind: 'ready'; readonly version: number }
    | { readonly kind: 'failed'; readonly why: string }
    /** `how` much of it is there. */
    | {
        readonly kind: 'not deployed';
        readonly version: number;
        readonly target: string;
        readonly how: 'none' | 'half' | 'unknown';
        readonly why: string;
      };
  readonly deployed: readonly Deployed[];
}

export interface StatusRows extends Pick<Storage, 'turns' | 'conversations' | 'outbox'>, StoryRows {}

export interface StoryRows {
  readonly proposalsOf: (conversationId: string) => Promise<readonly ProposalInStory[]>;
  /** What other conversations have begun in the same places. */
  readonly proposalsBeside: (conversationId: string) => Promise<readonly ProposalInStory[]>;
  readonly destroyedOf: (conversationId: string) => Promise<readonly { target: string; userName: string; decidedAt: Date }[]>;
}

export async function readStatus(rows: StatusRows, conversationId: string, now: Date): Promise<Status> {
  const { underWay, newest } = await rows.turns.standing(conversationId);
  const story = await readStory(rows, conversationId);
  const proposals = story.own;
  const deployed = deployedNow(story).map(({ target, version, decidedBy }) => ({
    ...{ target, version, by: decidedBy },
  }));
  if (underWay) return { now: { kind: 'working' }, deployed };
  const busy = proposals.find(({ state }) => state === 'approved' || state === 'running');
  if (busy !== undefined) return { now: { ...where(busy), kind: 'deploying', by: busy.decidedBy }, deployed };
  const decided = lastDecided(proposals);
  // Whichever came last: the turn, or the end of a deployment.
  if (newest?.finishedAt !== undefined && newest.finishedAt > (decided?.decidedAt ?? new Date(0))) {
    if (newest.state === 'stopped') return { now: { kind: 'stopped' }, deployed };
    if (newest.state === 'failed') return { now: { kind: 'failed', why: await answerOf(rows, newest.id) }, deployed };
  }
  const offers = proposals.filter(({ state, expiresAt }) => state === 'open' && expiresAt > now).map(where);
  if (offers.length > 0) return { now: { kind: 'waits', offers }, deployed };
  if (decided?.state === 'failed' || decided?.state === 'unknown')
    return { now: { ...where(decided), kind: 'not deployed', how: howMuch(decided), why: decided.problem ?? '' }, deployed };
  const version = (await rows.conversations.versions(conversationId)).at(-1)?.number;
  const open = version !== undefined && !deployed.some((one) => one.version === version);
  return { now: open ? { kind: 'ready', version } : { kind: 'quiet' }, deployed };
}

function howMuch({ ending, state }: ProposalInStory): 'none' | 'half' | 'unknown' {
  if (ending === 'mix') return 'half';
  return state === 'unknown' ? 'unknown' : 'none';
}

interface Story {
  readonly own: readonly ProposalInStory[];
  /** With what other conversations have begun in the same places. */
  readonly all: readonly ProposalInStory[];
  readonly destroyed: readonly { target: string; userName: string; decidedAt: Date }[];
}

export async function readStory(rows: StoryRows, conversationId: string): Promise<Story> {
  const own = await rows.proposalsOf(conversationId);
  const beside = await rows.proposalsBeside(conversationId);
  return { own, all: [...own, ...beside], destroyed: await rows.destroyedOf(conversationId) };
}

/** What lies in each place and is of this conversation: deployed there last, not destroyed since, and not mixed with what was deployed halfway. */
export function deployedNow({ own, all, destroyed }: Story): ProposalInStory[] {
  const last = new Map<string, ProposalInStory>();
  const done = all.filter(({ state, ending }) => state === 'done' || ending === 'mix').sort((a, b) => timeOf(a) - timeOf(b));
  for (const one of done) {
    // Of a development copy only its owner's destroying counts; production is one for all.
    const gone = destroyed.some(
      ({ target, userName, decidedAt }) =>
        target === one.target && (one.environment === 'production' || userName === one.userName) && decidedAt.getTime() > timeOf(one),
    );
    if (gone || one.state !== 'done') last.delete(placeOf(one));
    else last.set(placeOf(one), one);
  }
  return [...last.values()].filter((one) => own.includes(one));
}

/** Rows that are older than places have none. */
export function placeOf({ host, rootPath, target, userName }: Pick<ProposalInStory, 'host' | 'rootPath' | 'target' | 'userName'>): string {
  return JSON.stringify([host, rootPath ?? [target, userName]]);
}

function lastDecided(proposals: readonly ProposalInStory[]): ProposalInStory | undefined {
  return proposals
    .filter(({ decidedAt }) => decidedAt !== undefined)
    .sort((a, b) => timeOf(a) - timeOf(b))
    .at(-1);
}

export const timeOf = ({ decidedAt }: Pick<ProposalInStory, 'decidedAt'>) => decidedAt?.getTime() ?? 0;
const where = ({ version, target }: ProposalInStory) => ({ version, target });

/** What a turn that failed has said: our own words. */
async function answerOf({ outbox }: Pick<StatusRows, 'outbox'>, turnId: string): Promise<string> {
  const said = (await outbox.get(`${turnId}/given-up`)) ?? (await outbox.get(`${turnId}/reply`));
  return (said?.payload as { text?: string } | undefined)?.text ?? '';
}
