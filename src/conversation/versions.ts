// Proof and plan of a new version, and the card that shows them; catches up when the CLI was still being prepared.
import type { Step } from '../agent/tools.ts';
import type { Bundle, BundleFile } from '../bundle/model/bundle.ts';
import { proofFiles, proofLine } from '../bundle/proof/compare.ts';
import { holds, type Proof } from '../bundle/proof/proof.ts';
import type { CliStatus } from '../deployment/install/locate.ts';
import type { Planner } from '../deployment/plan/plan-version.ts';
import type { Prover } from '../deployment/plan/prove.ts';
import type { Identities, Identity } from '../identity/identities.ts';
import type { BundleStore } from '../storage/bundles.ts';
import type { ConversationRow, ConversationRows } from '../storage/conversations.ts';
import type { Outbox } from '../storage/outbox.ts';
import { UserError } from '../values/errors.ts';
import type { Logger } from '../values/log.ts';
import type { PlanAgain } from './conversations.ts';
import type { ProvedAs, Thread, ThreadMessage } from './thread.ts';

type Card = Extract<ThreadMessage, { kind: 'card' }>;

/** The target that a card offers by itself: the one anybody may try things in. */
export const OFFERED_TARGET = 'dev';
/** How often a card shows how far the CLI is: chat.update allows about one a second for the whole team (facts: slack#rate-limits). */
const CLI_NEWS_MS = 3000;

const REPLACED = { problem: 'A newer version has replaced this one.', next: 'Use the newest card.', replaced: true } as const;
const STOPPED = { problem: 'Stopped before there was a plan.', next: 'Press Plan again to get one.' };
const BROKEN = {
  problem: 'Something went wrong on my side while I proved and planned this version; I have logged it.',
  next: 'Press Plan again.',
};
const NOT_LINKED = { problem: 'You are not connected to Databricks any more.', next: 'Reply here, and I will send you a Connect button.' };

interface VersionInput {
  readonly conversation: ConversationRow;
  readonly slackUser: string;
  readonly identity: Identity;
  readonly token: () => Promise<string>;
  readonly number: number;
  readonly bundleDigest: string;
  /** Left out: the one that every card offers. */
  readonly target?: string;
  readonly onStep: (step: Step) => void;
  readonly signal?: AbortSignal;
}

export interface Versions {
  /** Proves and plans a version; says what is missing where there is no CLI. */
  card(input: VersionInput): Promise<Card>;
  /** A fresh plan of the newest version, on a card of its own (`id` names it, so that a second try says nothing twice). */
  planAgain(id: string, input: PlanAgain): Promise<void>;
  /** While the CLI is being prepared: keeps the cards that wait for it current; then has `enqueue` bring each conversation's turn to `catchUp`. */
  watchCli(enqueue: (conversationId: string) => Promise<void>): Promise<void>;
  /** A card waits for a CLI that is there by now. */
  isLate(conversation: ConversationRow): Promise<boolean>;
  /** Proves and plans the version whose card waited for the CLI; must not run beside a turn of the conversation. */
  catchUp(conversation: ConversationRow): Promise<void>;
  /** What the zip of a bundle holds: the bundle, and PROOF.md and PROOF.json where it was proven. */
  contents(bundleDigest: string, as: ProvedAs): Promise<{ bundle: Bundle; report: readonly BundleFile[] }>;
  proof(bundleDigest: string, as: ProvedAs): Promise<{ proof: Proof; line: string } | undefined>;
}

export function createVersions(deps: {
  rows: { conversations: ConversationRows; outbox: Outbox };
  bundles: BundleStore;
  prover: Prover;
  /** The stored proof of a bundle, as one person's CLI resolved it. */
  storedProof: (bundleDigest: string, as: ProvedAs) => Promise<Proof | undefined>;
  planner: Planner;
  cli: { status(): CliStatus; ready(): Promise<string | undefined> };
  identities: Pick<Identities, 'of' | 'token'>;
  thread: Thread;
  log: Logger;
}): Versions {
  const { rows, cli } = deps;

  /** Always a card: what keeps the plan from being made is said on it. */
  async function card(input: VersionInput): Promise<Card> {
    const { host, userName } = input.identity;
    const shell = {
      kind: 'card',
      version: input.number,
      bundleDigest: input.bundleDigest,
      as: { host, userName },
      ...(input.target && { target: input.target }),
    } as const;
    const status = cli.status();
    if (status.state === 'preparing') return { ...shell, ...preparing(status) };
    try {
      return { ...shell, ...(await proveAndPlan(input)) };
    } catch (error) {
      const words = input.signal?.aborted ? STOPPED : error instanceof UserError ? error.words : BROKEN;
      if (words === BROKEN) deps.log.error({ err: error, conversation: input.conversation.id }, 'no proof or plan');
      const { problem, next } = words;
      return { ...shell, proof: { problem, next }, plan: { problem, next } };
    }
  }

  async function proveAndPlan(input: VersionInput): Promise<Pick<Card, 'proof' | 'plan'>> {
    const loaded = await deps.bundles.load(input.bundleDigest);
    const definition = loaded?.definitionId === undefined ? undefined : await deps.bundles.loadDefinition(loaded.definitionId);
    if (loaded === undefined || definition === undefined) throw new Error(`bundle ${input.bundleDigest} is not stored whole`);
    const asked = { bundle: loaded.bundle, signal: input.signal, token: await input.token(), onStep: input.onStep };
    const { host, userName } = input.identity;
    const baseline = input.number > 1 ? await firstProof(input, definition) : undefined;
    const proof = await deps.prover.prove({ ...asked, definition, host, userName, ...(baseline && { baseline }) });
    if ('problem' in proof) return { proof, plan: proof };
    const target = input.target ?? OFFERED_TARGET;
    input.onStep({ id: 'plan', title: `Planning the deployment to ${target}`, status: 'in_progress' });
    const plan = await deps.planner.planVersion({
      ...asked,
      conversationId: input.conversation.id,
      version: input.number,
      target,
      identity: input.identity,
      slackUser: input.slackUser,
    });
    input.onStep({ id: 'plan', title: `Planning the deployment to ${target}`, status: 'problem' in plan ? 'error' : 'complete' });
    return { proof: summary(proof), plan: 'problem' in plan ? plan : { proposalId: plan.id } };
  }

  /** Version 1's proof: what it already differed in stays an error, what differs since was asked for. */
  async function firstProof(input: VersionInput, definition: Parameters<Prover['prove']>[0]['definition']): Promise<Proof | undefined> {
    const [first] = await rows.conversations.versions(input.conversation.id);
    const loaded = first && (await deps.bundles.load(first.bundleDigest));
    if (loaded === undefined) return undefined;
    const { host, userName } = input.identity;
    const stored = await deps.storedProof(loaded.bundle.digest, { host, userName });
    if (stored !== undefined) return stored;
    const proof = await deps.prover.prove({ bundle: loaded.bundle, definition, host, userName, token: await input.token() });
    return 'problem' in proof ? undefined : proof;
  }

  async function showNews(conversationId: string): Promise<void> {
    const conversation = await rows.conversations.get(conversationId);
    const row = (await rows.outbox.ofConversation(conversationId, 'card')).at(-1);
    const status = cli.status();
    if (conversation === undefined || row === undefined || status.state !== 'preparing') return;
    await rows.outbox.change(row.id, { ...(row.payload as Card), ...preparing(status) });
    await deps.thread.refresh(conversation);
  }

  /** As the person who asked for the bundle: whoever wrote last may not be there any more. */
  async function late(conversation: ConversationRow, waiting: Card): Promise<Card> {
    const who = { team: conversation.team, user: conversation.requester };
    const identity = await deps.identities.of(who);
    if (identity === undefined) return { ...waiting, plan: NOT_LINKED, proof: NOT_LINKED };
    return card({
      conversation,
      slackUser: conversation.requester,
      identity,
      token: () => deps.identities.token(who),
      number: waiting.version,
      bundleDigest: waiting.bundleDigest,
      ...(waiting.target !== undefined && { target: waiting.target }),
      onStep: () => {},
    });
  }

  return {
    card,

    async contents(bundleDigest, as) {
      const loaded = await deps.bundles.load(bundleDigest);
      if (loaded === undefined) throw new Error(`bundle ${bundleDigest} is not stored`);
      const proof = await deps.storedProof(bundleDigest, as);
      return { bundle: loaded.bundle, report: proof === undefined ? [] : proofFiles(proof) };
    },

    async proof(bundleDigest, as) {
      const proof = await deps.storedProof(bundleDigest, as);
      return proof && { proof, line: proofLine(proof) };
    },

    async planAgain(id, input) {
      const conversation = await rows.conversations.get(input.conversationId);
      const newest = (await rows.conversations.versions(input.conversationId)).at(-1);
      const who = { team: input.team, user: input.slackUser };
      const identity = await deps.identities.of(who);
      if (conversation === undefined || newest?.number !== input.version || identity === undefined) return;
      const messageId = `${id}/card`;
      if ((await rows.outbox.get(messageId)) === undefined) {
        const token = () => deps.identities.token(who);
        const { number, bundleDigest } = newest;
        const { slackUser, target } = input;
        const of = { number, bundleDigest, ...(target !== undefined && { target }) };
        const payload = await card({ conversation, slackUser, identity, token, ...of, onStep: () => {} });
        await rows.outbox.add({ id: messageId, conversationId: conversation.id, kind: 'card', payload });
      }
      await deps.thread.deliver(messageId, conversation, (await rows.outbox.get(messageId))?.payload as Card);
      await deps.thread.refresh(conversation);
    },

    async watchCli(enqueue) {
      let ready = false;
      const done = cli.ready().then(() => {
        ready = true;
      });
      for (;;) {
        await Promise.race([done, new Promise((resolve) => setTimeout(resolve, CLI_NEWS_MS))]);
        const waiting = await rows.outbox.conversationsWaiting();
        if (ready) {
          for (const id of waiting) await enqueue(id);
          return;
        }
        for (const id of waiting) await showNews(id);
      }
    },

    async isLate(conversation) {
      return cli.status().state !== 'preparing' && (await rows.outbox.conversationsWaiting()).includes(conversation.id);
    },

    async catchUp(conversation) {
      const cards = await rows.outbox.ofConversation(conversation.id, 'card');
      for (const row of cards) {
        const waiting = row.payload as Card;
        if (!('preparing' in waiting.plan)) continue;
        const renewed = row === cards.at(-1) ? await late(conversation, waiting) : { ...waiting, plan: REPLACED, proof: REPLACED };
        await rows.outbox.change(row.id, renewed);
      }
      await deps.thread.refresh(conversation, false);
    },
  };
}

function summary(proof: Proof): Card['proof'] {
  return { line: proofLine(proof), ok: holds(proof) };
}

function preparing(status: Extract<CliStatus, { state: 'preparing' }>): Pick<Card, 'proof' | 'plan'> {
  const doing = status.percent === undefined ? status.doing : `${status.doing}, ${status.percent} %`;
  const words = {
    problem: `The Databricks CLI is being prepared: ${doing}.`,
    next: 'The proof and the plan appear here when it is ready.',
  };
  return { proof: words, plan: { ...words, preparing: doing } };
}
