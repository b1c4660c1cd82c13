// Decisions on proposals: who may say yes, when, and only once.
import { describe, expect } from 'vitest';
import type { Release } from '../../../src/deployment/policy/release-diff.ts';
import { createProposalRows, type ProposalRow } from '../../../src/storage/deployment-proposals.ts';
import { ANA, bundleOf, deploymentTest } from '../rig.ts';

const host = 'https://acme.test';
const now = new Date('2026-11-24T08:00:00Z');
const by = { slackUser: 'U_ANA', identity: { host, userName: ANA } };

const bundle = bundleOf();
const ROOT = `/Workspace/Users/${ANA}/.bundle/churn/dev`;
const release: Release = {
  ...{ target: 'dev', environment: 'development', first: true, resources: [], files: [] },
  ...{ findings: [], title: 'Churn' },
};

/** Proposals in a database, and what comes of a yes. */
const it = deploymentTest.extend('deciding', async ({ rig: { db, approvals, bundles } }) => {
  await bundles.save(bundle);
  const insert = (id: string, more: Partial<Omit<ProposalRow, 'rootPath' | 'subject' | 'environment'>> = {}, rootPath = ROOT) =>
    createProposalRows(db).insert({
      id,
      conversationId: 'c1',
      version: 1,
      bundleDigest: bundle.digest,
      target: 'dev',
      host,
      userName: ANA,
      slackUser: 'U_ANA',
      plan: '{}',
      planDigest: 'd',
      release: JSON.stringify(release),
      cliVersion: '1.9.0',
      rootPath,
      subject: 'job 123',
      environment: 'development',
      expiresAt: new Date('2026-11-25T08:00:00Z'),
      ...more,
    });
  const reasonOf = async (id: string, who = by, at = now) => {
    const answer = await approvals.approve({ proposalId: id, by: who, now: at });
    return answer.ok ? 'approved' : answer.reason;
  };
  return { db, approvals, insert, reasonOf };
});

describe('decisions', () => {
  it('is made once, whoever clicks at the same time', async ({ deciding: { insert, reasonOf } }) => {
    await insert('p1');
    const answers = await Promise.all(Array.from({ length: 5 }, () => reasonOf('p1')));
    expect(answers.filter((answer) => answer === 'approved')).toHaveLength(1);
    expect(await reasonOf('p1')).toBe(
      'This plan was approved by <@U_ANA> at 2026-11-24 08:00 UTC and is being deployed. A plan is used once.',
    );
  });

  it('is refused on an old card, with the version that replaced it', async ({ deciding: { insert, reasonOf } }) => {
    await insert('p1');
    await insert('p2', { version: 2 });
    expect(await reasonOf('p1')).toBe('Version 2 has replaced version 1. Use the card of version 2.');
    expect(await reasonOf('p2')).toBe('approved');
  });

  it('is refused after expiry, to another person, for an unknown plan, and after a no', async ({
    deciding: { approvals, insert, reasonOf },
  }) => {
    await insert('p1');
    expect(await reasonOf('p1', by, new Date('2026-11-25T08:00:00Z'))).toContain('expired at 2026-11-25 08:00 UTC');
    expect(await reasonOf('p1', { slackUser: 'U_BEN', identity: { host, userName: 'ben@acme.example' } })).toContain(`was made as ${ANA}`);
    expect(await reasonOf('p1', { slackUser: 'U_ANA', identity: { host: 'https://other.test', userName: ANA } })).toContain('was made as');
    expect(await reasonOf('nope')).toContain('do not know this plan');
    expect(await approvals.decline({ proposalId: 'p1', by, now })).toMatchObject({ ok: true, proposal: { state: 'declined' } });
    expect(await reasonOf('p1')).toContain('was declined by <@U_ANA>');
  });

  it('is refused where what the plan would change was written by an earlier program', async ({ deciding: { insert, reasonOf } }) => {
    await insert('p1', { release: JSON.stringify({ ...release, resources: [{ action: 'delete', name: 'raw' }] }) });
    expect(await reasonOf('p1')).toMatch(/^This plan was made by an earlier version of me.*Press Plan again/);
  });

  it('waits for a deployment to the same place that is running, whatever it is called', async ({ deciding: { db, insert, reasonOf } }) => {
    await insert('p1');
    expect(await reasonOf('p1')).toBe('approved');
    expect((await createProposalRows(db).start('p1')).kind).toBe('started');
    await insert('p2', { version: 2 });
    expect(await reasonOf('p2')).toContain('Another deployment of this bundle to dev is running (approved by <@U_ANA>)');
    await insert('p3', { version: 2, target: 'mine' });
    expect(await reasonOf('p3')).toContain('Another deployment of this bundle to mine is running');
    // Somebody else’s copy of the same name.
    await insert('p4', { version: 2 }, '/Workspace/Users/ben@acme.example/.bundle/churn/dev');
    expect(await reasonOf('p4')).toBe('approved');
  });
});
