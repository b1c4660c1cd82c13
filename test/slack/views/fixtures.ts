// Cards, proposals and proofs for the tests of the views.
import type { Proof, ProofEntry, ProofVerdict } from '../../../src/bundle/proof/proof.ts';
import type { Status } from '../../../src/conversation/story/status.ts';
import type { Card } from '../../../src/conversation/thread-port.ts';
import type { DeploymentProposal } from '../../../src/deployment/approval/deployment-proposal.ts';
import type { Write } from '../../../src/deployment/approval/write.ts';
import type { WriteProposal } from '../../../src/deployment/approval/write-result.ts';
import type { Release } from '../../../src/deployment/policy/release-diff.ts';

export const STATES = ['open', 'declined', 'superseded', 'approved', 'running', 'done', 'failed', 'unknown'] as const;

/** A card with a proof and a plan, each text of it the given one. */
export function card(text: string, more: Partial<Card> = {}): Card {
  const as = { host: 'https://acme.databricks.test', userName: 'ana@acme.example' };
  return {
    kind: 'card',
    version: 2,
    bundleDigest: 'd'.repeat(64),
    as,
    proof: { line: text, ok: true },
    plan: { proposalId: 'p1' },
    ...more,
  };
}

/** A proposal whose every text is the given one. */
export function proposal(state: DeploymentProposal['state'], text: string, danger = false): DeploymentProposal {
  const job = { key: 'churn', id: '123', url: 'https://acme.databricks.test/jobs/123?o=1', name: text };
  return {
    id: '8a0f6f0e-6f4f-4d2b-9c2c-0d7e1c5b7a11',
    conversationId: 'conversation-1',
    version: 2,
    bundleDigest: 'd'.repeat(64),
    target: text,
    host: 'https://acme.databricks.test',
    userName: text,
    slackUser: 'U_ANA',
    state,
    release: release(text, danger),
    expiresAt: new Date('2026-11-25T10:00:00Z'),
    ...(!['open', 'superseded'].includes(state) && { decidedBy: 'U_BEN', decidedAt: new Date('2026-11-24T10:00:00Z') }),
    ...(state === 'done' && { result: { ok: true, state, jobs: [job, job], others: [{ ...job, kind: 'pipeline' }] } }),
    ...((state === 'failed' || state === 'unknown') && { result: { ok: false, state, jobs: [], problem: text, next: text } }),
  };
}

/** Where a conversation may stand, each text of it the given one. */
export function statusesOf(text: string): Status[] {
  const at = { version: 2, target: text };
  const nows: Status['now'][] = [
    ...(['working', 'stopped', 'quiet'] as const).map((kind) => ({ kind })),
    { kind: 'deploying', ...at, by: 'U_ANA' },
    { kind: 'waits', offers: Array.from({ length: 9 }, () => at) },
    { kind: 'ready', version: 2 },
    { kind: 'failed', why: text },
    ...(['none', 'half', 'unknown'] as const).map((how) => ({ kind: 'not deployed' as const, ...at, how, why: text })),
  ];
  const deployed = Array.from({ length: 9 }, () => ({ ...at, by: 'U_BEN' }));
  return nows.flatMap((now) => [
    { now, deployed: [] },
    { now, deployed },
  ]);
}

/** A release whose every text is the given one. */
export function release(text: string, danger = false): Release {
  const settings = Array.from({ length: 3 }, (_, index) => ({ path: text, was: text, is: text, byHand: index === 0 }));
  const actions = ['create', 'update', 'unchanged', ...(danger ? (['delete', 'recreate'] as const) : [])] as const;
  const weights = ['warning', 'note'] as const;
  return {
    ...{ target: text, environment: 'production', first: false, title: text, runsAs: { is: text, was: text } },
    resources: actions.map((action) => ({ type: 'jobs', key: text, name: text, id: '123', action, settings })),
    files: [{ path: text, change: 'changed', lines: { added: 1, removed: 2 }, byHand: false }],
    findings: [
      ...(danger ? [{ rule: 'delete', weight: 'danger' as const, text }] : []),
      ...weights.flatMap((weight) => Array.from({ length: 4 }, () => ({ rule: 'owner', weight, text }))),
    ],
  };
}

/** One write of each kind, every text of it the given one. */
export function writesOf(text: string): Write[] {
  const bundle = { bundle: 'd'.repeat(64), bundle_name: text };
  return [
    { kind: 'run_job', job_id: '702918340275160001', job_name: text, parameters: {} },
    { kind: 'run_job', job_id: '123', job_name: text, parameters: { [text.slice(0, 256)]: text.slice(0, 3000) } },
    { kind: 'sql', warehouse_id: 'abc', warehouse_name: text, statement: text.slice(0, 8000) },
    { kind: 'upload_bundle', ...bundle, folder: text.slice(0, 1000), files: 12 },
    {
      kind: 'run_bundle',
      ...bundle,
      target: 'dev',
      environment: 'development',
      key: 'churn',
      parameters: { day: text.slice(0, 3000) },
      shared: text.slice(0, 2000),
    },
    { kind: 'deploy_bundle', ...bundle, target: 'prod', environment: 'production' },
    {
      ...{ kind: 'destroy_bundle', ...bundle, target: 'prod', environment: 'production' },
      resources: Array.from({ length: 8 }, () => text.slice(0, 900)),
    },
  ];
}

/** The proposal of a write with everything that its state can bring. */
export function writeProposal(write: Write, state: WriteProposal['state'], text: string): WriteProposal {
  const link = { text, url: 'https://acme.databricks.test/jobs/123/runs/1' };
  const row = Array.from({ length: 12 }, () => text.slice(0, 101));
  const table = { columns: row, rows: Array.from({ length: 20 }, () => row), more: true };
  return {
    ...{ id: '8a0f6f0e-6f4f-4d2b-9c2c-0d7e1c5b7a12', conversationId: 'conversation-1', write, digest: 'e'.repeat(64) },
    ...{ danger: write.kind === 'destroy_bundle', host: 'https://acme.databricks.test', userName: text, state },
    expiresAt: new Date('2026-11-25T10:00:00Z'),
    ...(!['open', 'superseded'].includes(state) && { decidedBy: 'U_BEN' }),
    ...(state === 'done' && { result: { state, link, table } }),
    ...((state === 'failed' || state === 'unknown') && { result: { state, problem: text, next: text, said: text, link } }),
  };
}

/** The same of a run that was started: it goes on, or is over. */
export function runProposal(write: Write, state: 'running' | 'done' | 'failed' | 'unknown', text: string): WriteProposal {
  const link = { text, url: 'https://acme.databricks.test/jobs/123/runs/1' };
  const result = { state, run: { runId: '1', startedAt: 1_790_000_000_000 }, link };
  const over = { ms: 7_300_000, problem: text, next: text, said: text };
  return { ...writeProposal(write, state, text), result: state === 'running' ? result : { ...result, ...over } };
}

const VERDICTS: readonly ProofVerdict[] = ['identical', 'variable', 'source', 'added', 'decided', 'edited', 'lost'];

/** A proof of `size` entries in all verdicts, each text of it the given one. */
export function proof(text: string, size: number): Proof {
  const entries = Array.from({ length: size }, (_, index): ProofEntry => {
    const verdict = VERDICTS[index % VERDICTS.length] ?? 'identical';
    return {
      place: text,
      verdict,
      was: index % 3 === 0 ? 702918340275160001n : { [text]: text },
      ...(index % 2 === 0 && { is: text, why: text }),
    };
  });
  const counts = { identical: 0, variable: 0, source: 0, added: 0, decided: 0, edited: 0, lost: 0 };
  for (const entry of entries) counts[entry.verdict] += 1;
  const sources = { files: 2, identical: 1, changed: [{ path: text, file: text, why: text, told: true }] };
  return {
    target: text,
    judge: text,
    entries,
    counts,
    sources,
    secrets: [{ place: text, kind: text }],
    warnings: Array.from({ length: 9 }, () => text),
  };
}
