// RELEASE-<target>.md as people read it, whatever the texts in it hold.
import { describe, expect, it } from 'vitest';
import { cliWithAge } from '../../../src/bundle/currency/age.ts';
import { renderReleaseReport } from '../../../src/deployment/approval/release-report.ts';
import type { Release } from '../../../src/deployment/policy/release-diff.ts';

const proposal = {
  target: 'prod',
  version: 2,
  bundleDigest: 'd'.repeat(64),
  host: 'https://acme.cloud.databricks.test',
  userName: 'ana@acme.example',
  plan: '{"plan":{"resources.jobs.churn":{"action":"update"},"resources.jobs.old":{"action":"delete"}}}',
  cliVersion: '1.9.0',
  createdAt: new Date('2026-11-27T08:30:00Z'),
};

const release: Release = {
  ...{ target: 'prod', environment: 'production', first: false, title: 'Churn' },
  resources: [
    {
      ...{ type: 'jobs', key: 'churn', name: 'Churn', id: '123', action: 'update' },
      settings: [
        { path: 'max_retries', was: '1', is: '2', byHand: false },
        { path: 'tags["a|b"]', was: 'x `y` | z\n# title', byHand: true },
      ],
    },
    { type: 'jobs', key: 'old', id: '7', action: 'delete', settings: [] },
  ],
  files: [
    { path: 'src/load.py', change: 'changed', lines: { added: 3, removed: 1 }, byHand: true },
    { path: 'src/new.py', change: 'added', byHand: false },
  ],
  findings: [{ rule: 'delete', weight: 'danger', text: 'Deletes job `old` (`7`) and the history of its runs.' }],
};

const text = (of: Release) => new TextDecoder().decode(renderReleaseReport(proposal, of).bytes);

describe('the report of a release', () => {
  it('says all of it', () => {
    expect(renderReleaseReport(proposal, release).path).toBe('RELEASE-prod.md');
    expect(text(release)).toBe(`# Release to prod

Update Churn in prod: 1 job is deleted, 2 settings and 2 files change.

- Version 2, digest \`${'d'.repeat(64)}\`
- Workspace: https://acme.cloud.databricks.test
- Deploys as: \`ana@acme.example\`
- Planned 2026-11-27 08:30 UTC with ${cliWithAge('1.9.0')}

## What to look at

- **Danger**: Deletes job \`old\` (\`7\`) and the history of its runs.

## Settings

### \`jobs.churn\` (\`Churn\`, 123) is changed

| Setting | Before | After | |
|---|---|---|---|
| \`max_retries\` | \`1\` | \`2\` |  |
| \`tags["a\\|b"]\` | \`\` x \`y\` \\| z # title \`\` |  | edited in the workspace |

### \`jobs.old\` (7) is deleted


## Files

| File | | Lines | |
|---|---|---|---|
| \`src/load.py\` | changed | +3 −1 | edited in the workspace |
| \`src/new.py\` | added |  |  |

## The plan of the Databricks CLI

- update \`jobs.churn\`
- delete \`jobs.old\`
`);
  });

  it('leaves out what there is nothing to say of', () => {
    const empty = text({ ...release, resources: [], files: [], findings: [] });
    expect(empty).toContain('Nothing changes in prod.');
    expect(empty).not.toMatch(/## (What|Settings|Files)/);
  });
});
