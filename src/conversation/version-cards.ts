// The card of a new version: its proof and its plan, or what keeps them from being made.
import { subjectOf } from '../bundle/model/definition.ts';
import { holds, type Proof } from '../bundle/proof/proof.ts';
import { shortProofLine } from '../bundle/proof/render.ts';
import { offeredTarget } from '../bundle/yaml/describe-tree.ts';
import type { CliStatus, Ready } from '../deployment/install/locate.ts';
import type { Planner } from '../deployment/plan/plan-version.ts';
import type { Prover } from '../deployment/plan/prove.ts';
import type { ConversationRow } from '../storage/conversations.ts';
import type { Storage } from '../storage/storage.ts';
import { isPassingStatement, UserError } from '../values/errors.ts';
import type { Logger } from '../values/log.ts';
import type { OnWait } from '../values/patience.ts';
import type { ActingTurn } from './ask-agent.ts';
import type { Card, Thread, ThreadMessage } from './thread-port.ts';

const STOPPED = { problem: 'Stopped before there was a plan.', next: 'Press Plan again to get one.' };
const BROKEN = {
  problem: 'Something went wrong on my side while I proved and planned this version; I have logged it.',
  next: 'Press Plan again.',
};

interface VersionInput extends Pick<ActingTurn, 'conversation' | 'identity' | 'token'>, Partial<Pick<ActingTurn, 'onStep' | 'signal'>> {
  readonly slackUser: string;
  readonly number: number;
  readonly bundleDigest: string;
  /** Left out: the one that the bundle's cards offer. */
  readonly target?: string | undefined;
}

export interface VersionCards {
  /** Proves and plans a version. Always a card: what keeps the plan from being made is said on it. */
  card(input: VersionInput): Promise<Card>;
}

export function createVersionCards(deps: {
  rows: Pick<Storage, 'conversations' | 'bundlesIn' | 'proofs'>;
  prover: Prover;
  planner: Planner;
  cli: { status(): CliStatus };
  log: Logger;
}): VersionCards {
  const { conversations, bundlesIn, proofs } = deps.rows;

  async function proveAndPlan(input: VersionInput): Promise<Pick<Card, 'proof' | 'plan' | 'target'>> {
    const { conversation, slackUser, identity, number, onStep = () => {} } = input;
    const bundles = bundlesIn(conversation.id);
    const loaded = await bundles.load(input.bundleDigest);
    const definition = loaded?.definitionId === undefined ? undefined : await bundles.loadDefinition(loaded.definitionId);
    if (loaded === undefined || definition === undefined) throw new Error(`bundle ${input.bundleDigest} is not stored whole`);
    const target = input.target ?? offeredTarget(loaded.bundle);
    if (target === undefined) throw new Error(`bundle ${input.bundleDigest} has no target`);
    const onWait: OnWait = (title, status) => onStep({ id: 'databricks', title, status });
    const waiting = input.onStep === undefined ? {} : { onWait };
    const asked = { bundle: loaded.bundle, signal: input.signal, token: input.token, onStep, ...waiting };
    const { host, userName } = identity;
    const baseline = number > 1 ? await firstProof(input, definition, waiting) : undefined;
    const proof = await deps.prover.prove({ ...asked, definition, host, userName, ...(baseline === undefined ? {} : { baseline }) });
    if ('problem' in proof) return { target, proof, plan: proof };
    onStep({ id: 'plan', title: `Planning the deployment to ${target}`, status: 'in_progress' });
    const where = { conversationId: conversation.id, version: number, target, subject: subjectOf(definition) };
    const plan = await deps.planner.planVersion({ ...asked, ...where, identity, slackUser, proof });
    onStep({ id: 'plan', title: `Planning the deployment to ${target}`, status: 'problem' in plan ? 'error' : 'complete' });
    return { target, proof: { line: shortProofLine(proof), ok: holds(proof) }, plan: 'problem' in plan ? plan : { proposalId: plan.id } };
  }

  /** The proof of version 1: what differed in it already stays an error, what differs only since then was asked for. */
  async function firstProof(
    input: VersionInput,
    definition: Parameters<Prover['prove']>[0]['definition'],
    waiting: { readonly onWait?: OnWait },
  ): Promise<Proof | undefined> {
    const [first] = await conversations.versions(input.conversation.id);
    const loaded = first && (await bundlesIn(input.conversation.id).load(first.bundleDigest));
    if (loaded === undefined) return undefined;
    const { host, userName } = input.identity;
    const { token, signal } = input;
    const stored = await proofs.load({ bundleDigest: loaded.bundle.digest, host, userName });
    if (stored !== undefined) return stored;
    const proof = await deps.prover.prove({ bundle: loaded.bundle, definition, host, userName, token, signal, ...waiting });
    return 'problem' in proof ? undefined : proof;
  }

  return {
    async card(input) {
      const { host, userName } = input.identity;
      const shell = {
        kind: 'card',
        version: input.number,
        bundleDigest: input.bundleDigest,
        as: { host, userName },
        ...(input.target === undefined ? {} : { target: input.target }),
      } as const;
      const status = deps.cli.status();
      if (status.state !== 'ready') return { ...shell, ...withoutCli(status) };
      try {
        return { ...shell, ...(await proveAndPlan(input)) };
      } catch (error) {
        // The job is tried again, and makes the card.
        if (isPassingStatement(error)) throw error;
        const words = input.signal?.aborted ? STOPPED : error instanceof UserError ? error.words : BROKEN;
        if (words === BROKEN) deps.log.error({ err: error, conversation: input.conversation.id }, 'no proof or plan');
        const { problem, next } = words;
        return { ...shell, proof: { problem, next }, plan: { problem, next } };
      }
    },
  };
}

/** What a card says in the place of proof and plan while there is no CLI. */
export function withoutCli(status: Exclude<CliStatus, Ready>): Pick<Card, 'proof' | 'plan'> {
  if (status.state === 'unavailable') {
    const none = { problem: status.problem, next: `${status.next}. The proof and the plan appear here when there is one.` };
    return { proof: none, plan: { ...none, noCli: true } };
  }
  const doing = status.percent === undefined ? status.doing : `${status.doing}, ${status.percent} %`;
  const words = {
    problem: `The Databricks CLI is being prepared: ${doing}.`,
    next: 'The proof and the plan appear here when it is ready.',
  };
  return { proof: words, plan: { ...words, preparing: doing } };
}

/** The file that says all of what a plan would change: the message to say after a card with this id; undefined where the card has no plan. */
export function releaseMessage(
  cardId: string,
  { version, plan }: Card,
): { readonly id: string; readonly message: ThreadMessage } | undefined {
  if (!('proposalId' in plan)) return undefined;
  return { id: `${cardId}/release`, message: { kind: 'release', version, proposalId: plan.proposalId } };
}

/** Says that file; a second time it says nothing twice. */
export async function deliverRelease(
  { rows, thread }: { readonly rows: Pick<Storage, 'outbox'>; readonly thread: Pick<Thread, 'deliver'> },
  conversation: ConversationRow,
  of: { readonly id: string; readonly card: Card },
): Promise<void> {
  const release = releaseMessage(of.id, of.card);
  if (release === undefined) return;
  const { id, message } = release;
  await rows.outbox.add({ id, conversationId: conversation.id, kind: message.kind, payload: message });
  await thread.deliver(id, conversation, message);
}
