// The sentence on top of a card: right for what happens, and for one and many.
import { expect, test } from 'vitest';
import { headlineOf } from '../../../src/deployment/policy/headline.ts';
import type { Release, ResourceChange } from '../../../src/deployment/policy/release-diff.ts';

const setting = (path: string, is = 'x') => ({ path, is, byHand: false });
const change = (action: ResourceChange['action'], settings = 0, more: Partial<ResourceChange> = {}): ResourceChange => ({
  ...{ type: 'jobs', key: 'churn', action, settings: Array.from({ length: settings }, (_, index) => setting(`tags.t${index}`)) },
  ...more,
});
const file = { path: 'src/a.py', change: 'changed', byHand: false } as const;
const PROD = { target: 'prod', environment: 'production', first: false, files: [], findings: [], title: 'Churn' } as const;
const AS_BEFORE = { runsAs: { is: 'ben@acme.example', was: 'Ben@acme.example' } };
const DEV = { ...PROD, target: 'dev', environment: 'development', first: true } as const;
const nextAt = (at: string) => ({ at, from: '2026-11-27T21:00:00.000Z', zone: 'Europe/Amsterdam' });
const paused = [setting('schedule.pause_status', 'PAUSED')];

test.for<[string, Omit<Release, 'resources'>, ResourceChange[]]>([
  ['Create your own paused copy of Churn in dev. Nothing that exists changes.', DEV, [{ ...change('create'), settings: paused }]],
  ['Create your own copy of Churn in dev. Nothing that exists changes.', DEV, [change('create')]],
  [
    'Create your own copy of Churn in dev (2 jobs and 1 pipeline). Nothing that exists changes.',
    DEV,
    [change('create'), change('create'), change('create', 0, { type: 'pipelines' })],
  ],
  ['Update Churn in dev: 1 setting changes.', { ...DEV, first: false }, [change('update', 1)]],
  ['Update Churn in prod: 2 settings change; runs as ben@acme.example as before.', { ...PROD, ...AS_BEFORE }, [change('update', 2)]],
  ['Update Churn in prod: 1 file changes.', { ...PROD, files: [file] }, [change('unchanged')]],
  ['Update Churn in prod: 1 setting and 2 files change.', { ...PROD, files: [file, file] }, [change('update', 1)]],
  ['Update Churn in prod: 1 job is new, 1 job is deleted.', PROD, [change('create'), change('delete')]],
  ['Update Churn in prod: 2 pipelines are deleted and made anew.', PROD, [1, 2].map(() => change('recreate', 0, { type: 'pipelines' }))],
  ['Create Churn in prod; runs as ana, before as ben.', { ...PROD, first: true, runsAs: { is: 'ana', was: 'ben' } }, [change('create')]],
  [
    'Take over job 123 in prod: 2 settings change; runs as ben@acme.example as before.',
    { ...PROD, ...AS_BEFORE },
    [change('adopt', 2, { id: '123' })],
  ],
  ['Take over job 123 in prod.', PROD, [change('adopt', 0, { id: '123' })]],
  [
    'Create a paused copy of job 123 · Churn in prod; runs as ben@acme.example as before.',
    { ...PROD, ...AS_BEFORE, first: true, beside: '123' },
    [{ ...change('create'), settings: paused }],
  ],
  ['Create a copy of job 123 · Churn in prod.', { ...PROD, first: true, beside: '123' }, [change('create')]],
  [
    'Take over job 123 in prod: 2 settings and 1 file change; runs as ben@acme.example as before; next run 23:30 (Europe/Amsterdam).',
    { ...PROD, ...AS_BEFORE, files: [file], nextRun: nextAt('2026-11-27T22:30:00.000Z') },
    [change('adopt', 2, { id: '123' })],
  ],
  [
    'Update Churn in prod: 1 setting changes; next run Sat 00:30 (Europe/Amsterdam).',
    { ...PROD, nextRun: nextAt('2026-11-27T23:30:00.000Z') },
    [change('update', 1)],
  ],
  [
    'Update Churn in prod: 1 setting changes; next run 1 Jan 2027 06:00 (Europe/Amsterdam).',
    { ...PROD, nextRun: nextAt('2027-01-01T05:00:00.000Z') },
    [change('update', 1)],
  ],
  ['Nothing changes in prod.', { ...PROD, ...AS_BEFORE }, [change('unchanged')]],
])('%s', ([headline, release, resources]) => {
  expect(headlineOf({ ...release, resources })).toBe(headline);
});
