// What a turn proposes becomes cards in its thread, once, also when the turn is taken up again: a deployment with its plan, other writes as they are.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAgent } from '../../src/agent/agent.ts';
import type { Tools } from '../../src/agent/tools.ts';
import type { ThreadMessage } from '../../src/conversation/thread.ts';
import { createTurnRunner } from '../../src/conversation/turn.ts';
import { createVersions } from '../../src/conversation/versions.ts';
import { createPlanner } from '../../src/deployment/plan.ts';
import { createProver } from '../../src/deployment/proof.ts';
import type { AskedWrite } from '../../src/deployment/proposal.ts';
import { createMetrics } from '../../src/metrics.ts';
import { type ClaudeStandIn, createClaudeStandIn } from '../../src/playground/claude/stand-in.ts';
import { createConversationRows } from '../../src/storage/conversations.ts';
import { createOutbox } from '../../src/storage/outbox.ts';
import { createProofStore } from '../../src/storage/proofs.ts';
import { createTurnRows } from '../../src/storage/turns.ts';
import { bundleOf, cliPath, createRig, log, type Rig } from '../deployment/rig.ts';
import { openTestStorage, type TestStorage } from '../storage/open-test-storage.ts';

describe.skipIf(cliPath === undefined)('what a turn proposes', () => {
  let storage: TestStorage;
  let claude: ClaudeStandIn;
  let rig: Rig;
  beforeAll(async () => {
    storage = await openTestStorage();
    claude = await createClaudeStandIn({
      script: (turn) =>
        turn.rounds.length === 0
          ? { calls: turn.text.split(',').map((name) => ({ name: name.trim(), input: {} })) }
          : { text: 'Proposed.', calls: [] },
    });
    rig = await createRig(storage);
  });
  afterAll(async () => {
    await rig.close();
    await claude.close();
    await storage.close();
  });

  const bundle = bundleOf();
  const writes: Record<string, AskedWrite> = {
    prod: { kind: 'deploy_bundle', bundle: bundle.digest, target: 'prod' },
    run: { kind: 'run_job', job_id: '123', job_name: 'Churn', parameters: {} },
    destroy_nothing: { kind: 'destroy_bundle', bundle: bundle.digest, target: 'prod' },
  };
  let turns = 0;
  let said: [string, ThreadMessage][] = [];

  beforeEach(async () => {
    said = [];
    turns += 1;
    const id = await rig.bundles.saveDefinition(rig.far.url, { jobId: '123', settings: { name: 'Churn', tasks: [] } });
    await rig.bundles.save(bundle, { definitionId: id });
  });

  async function run(text: string, times = 1): Promise<string> {
    const { db } = storage;
    const rows = { conversations: createConversationRows(db), turns: createTurnRows(db), outbox: createOutbox(db) };
    const id = `turn-${turns}`;
    const conversationId = `conversation-${turns}`;
    const subject = { jobId: '123', name: 'Churn' };
    await rows.conversations.insert({
      ...{ id: conversationId, team: 'T', channel: 'C', threadTs: `${turns}.2`, private: false, requester: 'U_ANA', subject },
    });
    await rows.turns.insert({ id: `${id}-first`, conversationId, slackUser: 'U_ANA', text: 'x', eventKey: `${id}-first` });
    await rows.turns.finish(`${id}-first`, 'done');
    await rows.conversations.addVersion(conversationId, `${id}-first`, bundle.digest);
    await rows.turns.insert({ id, conversationId, slackUser: 'U_ANA', text, eventKey: id });
    const identity = { ...rig.by.identity, userId: '1', displayName: 'Ana' };
    const identities = { of: async () => identity, token: async () => rig.token };
    const tools: Tools = {
      list: async () => Object.keys(writes).map((name) => ({ name, description: name, input_schema: { type: 'object', properties: {} } })),
      async call({ name }) {
        const asked = writes[name];
        if (asked === undefined) return { text: 'no such tool', isError: true };
        const by = { ...rig.by.identity, token: async () => rig.token, loadBundle: rig.loadBundle };
        const proposed = await rig.writes.propose(asked, by).catch((error: Error) => error);
        return proposed instanceof Error
          ? { text: proposed.message, isError: true }
          : { text: proposed.text, isError: false, proposalIds: [proposed.id] };
      },
    };
    const thread = {
      progress: () => ({ step: () => {}, end: async () => {} }),
      deliver: async (messageId: string, _conversation: unknown, message: ThreadMessage) => {
        said.push([messageId, message]);
        await rows.outbox.sent(messageId, '1.3');
        return '1.3';
      },
      refresh: async () => {},
    };
    const proofs = createProofStore(db);
    const cli = { status: () => ({ state: 'ready', path: '', version: '' }) as const, ready: async () => '' };
    const versions = createVersions({
      ...{ rows, bundles: rig.bundles, cli, identities, thread, log },
      prover: createProver({ cli: rig.cli, store: proofs, log }),
      storedProof: (bundleDigest, as) => proofs.load({ bundleDigest, ...as }),
      planner: createPlanner({ cli: rig.cli, db, log }),
    });
    const runner = createTurnRunner({
      ...{ rows, bundles: rig.bundles, identities, versions, writes: rig.writes, thread, log },
      agent: createAgent({ client: { baseURL: claude.url, apiKey: async () => claude.apiKey }, log }),
      model: 'claude-sonnet-5-5',
      claudeKey: () => async () => claude.apiKey,
      toolsFor: async () => ({ ...tools, close: async () => {} }),
      metrics: createMetrics(),
    });
    for (let time = 0; time < times; time += 1) {
      // As after a kill between the last row and the end of the turn.
      await db.query(`update turns set state = 'running' where id = $1`, [id]);
      await runner.run(id, new AbortController().signal);
    }
    return id;
  }

  it('a run is one card below the answer, also when the turn is taken up again', async () => {
    const id = await run('run', 2);
    const [card] = await rig.writes.ofTurn(id);
    expect(said.map(([, message]) => message.kind)).toEqual(['reply', 'write']);
    expect(said[1]).toEqual([`${id}/write/${card?.id}`, { kind: 'write', proposalId: card?.id }]);
    expect(card?.conversationId).toBe(`conversation-${turns}`);
  });

  it('a deployment to another target is the card of its plan, and nothing else', async () => {
    await run('prod');
    expect(said.map(([, message]) => message.kind)).toEqual(['reply', 'card']);
    const card = said[1]?.[1];
    expect(card).toMatchObject({ kind: 'card', version: 1, target: 'prod', bundleDigest: bundle.digest });
    const proposalId = card?.kind === 'card' && 'proposalId' in card.plan ? card.plan.proposalId : '';
    expect(await rig.approvals.get(proposalId)).toMatchObject({ target: 'prod', state: 'open', summary: { counts: { create: 1 } } });
  });

  it('a proposal that can’t be made leaves no card', async () => {
    await run('destroy_nothing, run');
    expect(said.map(([, message]) => message.kind)).toEqual(['reply', 'write']);
    expect(rig.far.requests.filter(({ method, path }) => method !== 'GET' && !path.endsWith('/mkdirs'))).toEqual([]);
  });
});
