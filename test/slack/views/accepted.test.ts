// Every view in every state is taken by Slack's rules: each is posted, drawn again, whispered or opened through the stand-in, which enforces the true limits.
import type { KnownBlock } from '@slack/types';
import { test as base, describe, expect } from 'vitest';
import type { FileChange } from '../../../src/conversation/story/file-changes.ts';
import type { Release } from '../../../src/deployment/policy/release-diff.ts';
import { createSlackStandIn } from '../../../src/playground/slack/stand-in.ts';
import { renderConnect, renderEarlierThread, renderHelp, renderJobs, renderUsage, renderWords } from '../../../src/slack/views/answers.ts';
import { renderDeploymentResult } from '../../../src/slack/views/deployment-result.ts';
import { renderChangesModal, renderHeadline } from '../../../src/slack/views/modals/changes-modal.ts';
import { renderConfirmDeletes } from '../../../src/slack/views/modals/confirm-deletes-modal.ts';
import { renderProofModal } from '../../../src/slack/views/modals/proof-modal.ts';
import { renderWhereItWrites } from '../../../src/slack/views/modals/where-it-writes.ts';
import { renderReply, renderSentDirectly } from '../../../src/slack/views/reply.ts';
import { renderRootMessage } from '../../../src/slack/views/root-message.ts';
import { renderPlainSteps, renderSteps } from '../../../src/slack/views/step-list.ts';
import { renderVersionCard } from '../../../src/slack/views/version-card.ts';
import { renderWriteCard, renderWriteResult } from '../../../src/slack/views/write-card.ts';
import { client, eventually, startApp } from '../../playground/slack/start.ts';
import { createTestClock } from '../../values/test-clock.ts';
import { card, proof, proposal, release, runProposal, STATES, statusesOf, writeProposal, writesOf } from './fixtures.ts';

interface View {
  readonly text: string;
  readonly blocks: readonly object[];
}

const test = base
  // Its clock stands still: a trigger's three seconds are not over because a machine is busy.
  .extend('slack', { scope: 'file' }, async ({}, { onCleanup }) => {
    const slack = await createSlackStandIn({ rates: false, clock: createTestClock() });
    onCleanup(() => slack.close());
    return slack;
  })
  .extend('web', { scope: 'file' }, ({ slack }) => client(slack, slack.botToken))
  /** Posts it; answers its blocks as Slack keeps them. Rejects with Slack's refusal. */
  .extend('post', ({ slack, web }) => async ({ text, blocks }: View): Promise<{ ts: string; kept: string }> => {
    const { ts = '' } = await web.chat.postMessage({ channel: 'C_DATA', text, blocks: blocks as KnownBlock[] });
    return { ts, kept: JSON.stringify(slack.messages('C_DATA', ts)[0]?.blocks) };
  })
  /** The same for what is drawn again later: chat.update takes less text than chat.postMessage. */
  .extend('draw', ({ web, post }) => async (view: View): Promise<string> => {
    const { ts, kept } = await post(view);
    await web.chat.update({ channel: 'C_DATA', ts, text: view.text, blocks: view.blocks as KnownBlock[] });
    return kept;
  })
  /** Says it to one person only; answers its blocks. */
  .extend('whisper', ({ slack, web }) => async ({ text, blocks }: View): Promise<string> => {
    await web.chat.postEphemeral({ channel: 'C_DATA', user: 'U_ANA', text, blocks: blocks as KnownBlock[] });
    return JSON.stringify(slack.as('ana').ephemerals('C_DATA').at(-1)?.blocks);
  });

const TEXTS = {
  short: 'churn',
  long: 'long words '.repeat(1000),
  'long markup': '<!channel> & '.repeat(1000),
  'without spaces': 'x'.repeat(10_000),
};

describe.each(Object.entries(TEXTS))('with %s texts', (_kind, text) => {
  test.for(STATES.flatMap((state) => [false, true].map((danger) => ({ state, danger }))))(
    'a card: $state, danger $danger',
    async (way, { draw }) => {
      const blocks = await draw(
        renderVersionCard(card(text), { name: text, proposal: proposal(way.state, text, way.danger), conversationId: 'conversation-1' }),
      );
      expect(blocks.includes('"action_id":"deploy"')).toBe(way.state === 'open');
      // What is over is a record, without a siren.
      expect(blocks.includes(':rotating_light:')).toBe(way.danger && ['open', 'approved', 'running'].includes(way.state));
      expect(blocks.includes('"style":"danger"')).toBe(way.danger && way.state === 'open');
    },
  );

  test.for<[string, Partial<Parameters<typeof card>[1]>]>([
    ['no proof and no plan', { proof: { problem: text, next: text }, plan: { problem: text, next: text } }],
    ['a CLI on its way', { proof: { problem: text, next: text }, plan: { problem: text, next: text, preparing: text } }],
    ['a proof that differs, and no plan', { proof: { line: text, ok: false }, plan: { problem: `${text}.`, next: text } }],
  ])('a card: %s', async ([, more], { draw }) => {
    const blocks = await draw(renderVersionCard(card(text, more), { name: text, proposal: undefined, conversationId: 'conversation-1' }));
    expect(blocks).not.toContain('"action_id":"deploy"');
    expect(blocks).toContain('"action_id":"deploy_unavailable"');
  });

  test.for(STATES)('the card of every kind of write: %s', async (state, { post, draw }) => {
    for (const write of writesOf(text)) {
      const proposed = writeProposal(write, state, text);
      const kept = await draw(renderWriteCard(proposed, state === 'running' ? text : undefined));
      const asks = state === 'open' && write.kind !== 'deploy_bundle';
      expect(kept.includes('"action_id":"write_run"')).toBe(asks);
      expect(kept.includes('"action_id":"write_not_now"')).toBe(asks);
      expect(kept.includes('"style":"danger"')).toBe(asks && proposed.danger);
      expect(kept.includes('"confirm"')).toBe(asks && proposed.danger);
      if (write.kind === 'sql') expect(kept).toContain(JSON.stringify(write.statement).slice(1, -1));
      if (['done', 'failed', 'unknown'].includes(state)) {
        expect((await post(renderWriteResult('U_ANA', proposed))).kept).toContain('<@U_ANA>');
        const { result: _, ...bare } = proposed;
        expect(await draw(renderWriteCard(bare))).not.toContain('"action_id":"write_run"');
      }
    }
  });

  test('the record of a deployment: with what one does next, and without where it is not what is deployed', async ({ draw }) => {
    const next = {
      run: { key: 'churn', name: text },
      production: text.slice(0, 100),
      previous: { version: 1, bundleDigest: 'd' },
      destroy: true,
    };
    const done = { ...proposal('done', text, true), decidedAt: new Date() };
    const record = { name: text, proposal: done, conversationId: 'conversation-1' };
    const kept = await draw(renderVersionCard(card(text), { ...record, next }));
    for (const kind of ['run', 'production', 'previous', 'destroy']) expect(kept).toContain(`"action_id":"next_${kind}"`);
    expect(await draw(renderVersionCard(card(text), record))).not.toContain('"action_id":"next_');
  });

  test('the card of a run, and how it ended', async ({ post, draw }) => {
    for (const write of writesOf(text).filter(({ kind }) => kind.startsWith('run_'))) {
      expect(await draw(renderWriteCard(runProposal(write, 'running', text)))).toContain('and started');
      for (const state of ['done', 'failed', 'unknown'] as const) {
        const over = runProposal(write, state, text);
        expect(await draw(renderWriteCard(over))).not.toContain('and started');
        expect((await post(renderWriteResult('U_ANA', over))).kept).toContain('<@U_ANA>');
      }
    }
  });

  test('a card whose deployment left no words, or no jobs', async ({ draw }) => {
    for (const state of ['done', 'failed', 'unknown'] as const) {
      const { result: _, ...bare } = proposal(state, text);
      expect(await draw(renderVersionCard(card(text), { name: text, proposal: bare, conversationId: 'conversation-1' }))).not.toContain(
        '"action_id":"deploy"',
      );
    }
  });

  test.for(['done', 'failed', 'unknown'] as const)('the end of a deployment: %s', async (state, { post }) => {
    const { result = { ok: false, state, jobs: [] } } = proposal(state, text);
    const message = { kind: 'result', to: 'U_ANA', version: 2, result } as const;
    expect((await post(renderDeploymentResult({ ...message, target: text }))).kept).toContain('<@U_ANA>');
  });

  test('a root message, answers and lists', async ({ draw, whisper }) => {
    const subject = { jobId: '702918340275160001', name: text };
    for (const status of statusesOf(text)) {
      const root = await draw(
        renderRootMessage({ id: 'conversation-1', requester: 'U_ANA', subject }, status, 'https://acme.databricks.test'),
      );
      expect(root.includes('"action_id":"stop"')).toBe(status.now.kind === 'working');
    }
    for (const [waits, words] of [
      [{ free: 0 }, 'I have a place for it, as the next one'],
      [{ own: 12 }, 'others that <@U_ANA> asked for; before it in the line: 12'],
    ] as const) {
      const queued = { now: { kind: 'queued', waits }, deployed: [] } as const;
      const root = await draw(renderRootMessage({ id: 'c', requester: 'U_ANA', subject }, queued, 'https://acme.databricks.test'));
      expect([root.includes(words), root.includes('"action_id":"stop"')]).toEqual([true, true]);
    }
    expect(await whisper(renderHelp(undefined))).toContain('not connected');
    expect(await whisper(renderHelp(text))).toContain('You are connected as');
    expect(await whisper(renderWords(text))).toContain('"section"');
    expect(await whisper(renderConnect(text.slice(0, 200), 'https://dab.example/auth/start/nonce', true))).toContain('auth/start/nonce');
    const anew = { id: 'envelope-1', text: `workspace "/${text.slice(0, 1000)}"` };
    expect(await whisper(renderEarlierThread('job 1', 'https://acme.slack.com/archives/C_DATA/p1', anew))).toContain('start_anew');
    expect(await whisper(renderJobs([], text, false))).toContain('You can see no job');
    const jobs = Array.from({ length: 10 }, (_, index) => ({ jobId: String(index + 1), name: text, creator: text.slice(0, 80) }));
    expect(await whisper(renderJobs(jobs, text, true))).toContain('There are more.');
  });

  test('steps, as a plan and as plain lines, in every ending', async ({ draw }) => {
    const steps = Array.from({ length: 8 }, (_, index) => ({
      ...{ id: `step-${index}`, title: text, details: text },
      status: index % 2 === 0 ? ('complete' as const) : ('in_progress' as const),
    }));
    for (const render of [renderSteps, renderPlainSteps]) {
      for (const ending of [undefined, 'done', 'failed', 'stopped'] as const) expect(await draw(render(steps, ending))).toContain('"text"');
    }
  });

  test('an answer, with and without a diff', async ({ post }) => {
    // One line of a diff is cut at 200 characters.
    const change = (path: string, lines: number): FileChange => ({
      ...{ path, kind: 'changed' },
      lines: Array.from({ length: lines }, () => `+${text}`),
    });
    const kept = async (changes: FileChange[]) => (await post(renderReply({ to: 'U_ANA', text, changes }))).kept;
    expect(await kept([])).toContain('"markdown"');
    const about = await post(renderReply({ to: 'U_ANA', about: text, text }));
    expect(about.kept).toMatch(/"<@U_ANA>\\n(>|&gt;)/);
    expect(await kept([change('databricks.yml', 3), change('src/load.py', 1000)])).toMatch(/more lines|more changed files/);
    expect(await kept(Array.from({ length: 300 }, (_, index) => change(`src/${index}-${text}.py`, 5)))).toContain('all in the zip');
  });
});

test('more steps than a plan block takes', async ({ draw }) => {
  const steps = Array.from({ length: 120 }, (_, index) => ({
    id: `s${index}`,
    title: `Reading file ${index}`,
    status: 'complete' as const,
  }));
  expect(await draw(renderSteps(steps, 'done'))).toContain('Reading file 119');
  expect(await draw(renderPlainSteps(steps, 'done'))).toContain('Reading file 0');
});

test('an answer without a word', async ({ post }) => {
  expect((await post(renderReply({ to: 'U_ANA', text: '' }))).kept).toContain('<@U_ANA>');
});

test('an answer at and around the limit of a markdown block, cut where it is longer', async ({ post }) => {
  for (const length of [1, 11_899, 11_900, 11_901, 12_000, 12_001, 50_000]) {
    const { kept } = await post(renderReply({ to: 'U_ANA', text: 'a'.repeat(length) }));
    expect(kept.includes('…'), String(length)).toBe(length > 11_900);
  }
  // Words that get longer when they are made harmless.
  expect((await post(renderReply({ to: 'U_ANA', text: '@channel <!here> '.repeat(700) }))).kept).toContain('…');
});

test('a file that is not there says where it went', async ({ post }) => {
  for (const text of Object.values(TEXTS))
    for (const to of ['U_ANA', undefined]) {
      const of = { file: text, outsiders: 'guests', to, what: text, id: 'turn/archive' } as const;
      expect((await post(renderSentDirectly(of))).kept).toContain('Send it to me');
    }
});

test('a list without jobs says what to do next, with and without a name; a job may have no name', async ({ whisper }) => {
  const used = { scope: 'person', used: 1.25, limit: 25 } as const;
  expect(await whisper(renderUsage([{ kind: 'dollars', ...used }]))).toContain('you $1.25 of $25.00');
  expect(await whisper(renderUsage([{ kind: 'hourly', ...used, used: 3, limit: Number.POSITIVE_INFINITY }]))).toMatch(
    /within an hour: you 3(?! of)/,
  );
  expect(await whisper(renderJobs([], '', false))).toContain('Ask for the right');
  expect(await whisper(renderJobs([], 'churn', false))).toContain('Try a shorter part');
  expect(await whisper(renderJobs([{ jobId: '1', name: '' }], '', false))).toContain('Make a bundle');
});

const FIRST = { proposalId: 'p1', page: 0 };

test('changes are paged: every setting is on one of the pages, and each leads to the next', () => {
  const settings = Array.from({ length: 3000 }, (_, index) => ({ path: `tags.t${index}`, was: 'a'.repeat(60), is: 'b', byHand: false }));
  const large: Release = { ...release('churn'), resources: [{ type: 'jobs', key: 'churn', action: 'update', settings }] };
  const seen: string[] = [];
  for (let page: number | undefined = 0; page !== undefined; ) {
    const view = renderChangesModal(large, { proposalId: 'p1', page });
    const text = JSON.stringify(view.blocks);
    seen.push(...(text.match(/tags\.t\d+/g) ?? []));
    // Which plan it is of stands where no click can change it.
    expect([view.private_metadata, text.includes('p1')]).toEqual(['p1', false]);
    page = text.includes('changes_page_on') ? page + 1 : undefined;
  }
  expect(seen).toHaveLength(3000);
  expect(JSON.stringify(renderChangesModal(large, { proposalId: 'p1', page: 10_000 }))).not.toContain('changes_page_on');
});

test('proofs, changes and questions of any size and wording open as a modal', async ({ slack, web }) => {
  const views = [
    ...Object.values(TEXTS).map((text) => renderConfirmDeletes({ target: text, doomed: Array(30).fill(text), metadata: '{}' })),
    ...Object.values(TEXTS).flatMap((text) =>
      [{ schema: text }, { catalog: text }, { schema: text, catalog: '' }].map((own) =>
        renderWhereItWrites({ target: text, data: { of: text, schemas: Array(9).fill(text), ...own }, metadata: '{}' }),
      ),
    ),
    renderWhereItWrites({ target: 'dev', data: { of: '', schemas: [], schema: 'dev_ana' }, metadata: '{}' }),
    ...[release('churn'), ...Object.values(TEXTS).map((text) => release(text, true))].flatMap((one) => [
      renderChangesModal(one, FIRST),
      renderHeadline(one, 'words'),
    ]),
    ...[proof('churn', 0), ...Object.values(TEXTS).map((text) => proof(text, 300))].map((all) => renderProofModal(all, 'line')),
  ];
  const opened: string[] = [];
  await startApp(slack, (bolt) => {
    bolt.command('/dab', async ({ ack, command }) => {
      await ack();
      const view = views[Number(command.text)];
      if (view === undefined) throw new Error('no such view');
      const opening = web.views.open({ trigger_id: command.trigger_id, view });
      opened.push(
        await opening.then(
          () => 'ok',
          (error: unknown) => String(error),
        ),
      );
    });
  });
  for (const index of views.keys()) {
    await slack.as('ana').command('C_DATA', `/dab ${index}`);
    await eventually(() => opened).toEqual(Array(index + 1).fill('ok'));
  }
  expect(JSON.stringify(slack.as('ana').modal()?.blocks)).toContain('more in PROOF.md of the zip');
});
