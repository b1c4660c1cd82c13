// What a version's card says and offers, by what is known of its release.
import { expect, test } from 'vitest';
import type { Release } from '../../../src/deployment/policy/release-diff.ts';
import { renderVersionCard } from '../../../src/slack/views/version-card.ts';
import { card, proposal, release } from './fixtures.ts';

test('more findings than a card shows are counted, and how many of those are grave', () => {
  const danger = { rule: 'delete', weight: 'danger', text: 'Deletes it.' } as const;
  const note = { ...danger, weight: 'note' } as const;
  const said = (findings: Release['findings']) => {
    const shown = { ...proposal('open', 'churn'), release: { ...release('churn'), findings } };
    return JSON.stringify(renderVersionCard(card('churn'), { name: 'churn', proposal: shown, conversationId: 'c' }).blocks);
  };
  expect(said([danger, danger, note, note, note])).not.toContain('more');
  expect(said([danger, ...Array<typeof note>(6).fill(note)])).toContain('_and 2 more: press Show changes_');
  expect(said([...Array<typeof danger>(6).fill(danger), note])).toContain('_and 2 more, 1 of them as grave: press Show changes_');
  expect(said(Array<typeof danger>(8).fill(danger))).toContain('_and 3 more, as grave: press Show changes_');
});

test('to run what changes tables of production is asked in those words', () => {
  const shared = { rule: 'shared tables', weight: 'warning', text: 'A run of this copy changes 1 table of production: `a.b.c`.' } as const;
  const done = { ...proposal('done', 'churn'), release: { ...release('churn'), findings: [shared] } };
  const next = { run: { key: 'churn', name: 'Churn' }, destroy: true };
  const said = JSON.stringify(renderVersionCard(card('churn'), { name: 'churn', proposal: done, conversationId: 'c', next }).blocks);
  expect(said).toContain('with its own parameters, as you. A run of this copy changes 1 table of production: `a.b.c`.');
  expect(said).toContain('"action_id":"next_run","value":"p1","style":"danger"'.replace('p1', done.id));
  // Of what is started too, which the agent can't give a copy of.
  const starts = { rule: 'starts others', weight: 'warning', text: 'A run of this copy also starts job `640`.' } as const;
  const starting = { ...done, release: { ...release('churn'), findings: [starts] } };
  const asking = JSON.stringify(renderVersionCard(card('churn'), { name: 'churn', proposal: starting, conversationId: 'c', next }).blocks);
  expect(asking).toContain('as you. A run of this copy also starts job `640`.');
  expect(asking).not.toContain('next_own_data');
  // The agent can be asked to mend it, then and before.
  const open = { ...done, state: 'open' as const };
  const asked = JSON.stringify(renderVersionCard(card('churn'), { name: 'churn', proposal: open, conversationId: 'c' }).blocks);
  expect([said, asked].map((blocks) => blocks.includes('"action_id":"next_own_data"'))).toEqual([true, true]);
});

test('where a copy can write elsewhere its open card has a button for that, and no record has', () => {
  const said = (state: 'open' | 'done', ownData?: Release['ownData']) => {
    const shown = { ...proposal(state, 'churn'), release: { ...release('churn'), ...(ownData === undefined ? {} : { ownData }) } };
    return JSON.stringify(renderVersionCard(card('churn'), { name: 'churn', proposal: shown, conversationId: 'c' }).blocks);
  };
  const own = { of: 'main', schemas: ['sales'], schema: 'dev_ana', catalog: '' };
  const has = (blocks: string) => blocks.includes('"action_id":"where_it_writes"');
  expect([said('open', own), said('open'), said('done', own)].map(has)).toEqual([true, false, false]);
});

test('an offer that an earlier program wrote can be planned again, and not be deployed', () => {
  const { release: _, ...rest } = proposal('open', 'churn');
  const shown = { ...rest, outdated: { problem: 'It is old.', next: 'Press Plan again.' } };
  const said = JSON.stringify(renderVersionCard(card('churn'), { name: 'churn', proposal: shown, conversationId: 'c' }).blocks);
  expect(said).toContain('It is old. Press Plan again.');
  expect([said.includes('"plan_again"'), said.includes('"deploy"')]).toEqual([true, false]);
});
