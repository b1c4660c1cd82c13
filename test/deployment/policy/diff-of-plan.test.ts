// A plan of the CLI as settings before and after: what it marks as noise is left out, digits and secrets are kept as they should be.
import { describe, expect, it } from 'vitest';
import { diffOfPlan } from '../../../src/deployment/policy/diff-of-plan.ts';
import { type JsonObject, objectOf, parseJson } from '../../../src/values/json.ts';

const WHERE = { target: 'prod', environment: 'production' } as const;
const updated = (changes: JsonObject, more: JsonObject = {}) =>
  diffOfPlan({ lineage: 'l', plan: { 'resources.jobs.j': { action: 'update', changes }, ...more } }, WHERE).resources[0];

describe('a release diff of a plan', () => {
  it('leaves out what the CLI skips and a flag that no API answers with', () => {
    const changes = {
      "tasks[task_key='a'].run_if": { action: 'skip', reason: 'backend_default', remote: 'ALL_SUCCESS' },
      allow_duplicate_names: { action: 'update', old: true, new: true },
    };
    expect(updated(changes)).toMatchObject({ action: 'unchanged', settings: [] });
  });

  it.each<[string, JsonObject, object]>([
    ['asked for', { old: 1, new: 3, remote: 1 }, { was: '1', is: '3', byHand: false }],
    ['edited there', { old: 1, new: 1, remote: 2 }, { was: '2', is: '1', byHand: true }],
    ['edited there and asked for', { old: 1, new: 3, remote: 2 }, { was: '2', is: '3', byHand: true }],
    ['only there', { remote: 2 }, { was: '2', byHand: true }],
    ['taken out there', { old: 1, new: 1 }, { is: '1', byHand: true }],
    ['set for the first time, over an empty default', { new: 60, remote: 0 }, { was: '0', is: '60', byHand: false }],
    ['a text in place of a number', { old: 5, new: '5', remote: 5 }, { was: '5', is: '"5"', byHand: false }],
  ])('says what was and what is: %s', (_what, change, setting) => {
    const path = "tasks[task_key='load'].max_retries";
    expect(updated({ [path]: { action: 'update', ...change } })?.settings).toEqual([{ path: 'tasks[load].max_retries', ...setting }]);
  });

  it('takes small parts apart and keeps every digit', () => {
    const changes = objectOf(
      parseJson(
        '{"run_as":{"action":"update","old":{"user_name":"a"},"new":{"service_principal_name":"sp"},"remote":{"user_name":"a"}},"x":{"action":"update","new":9007199254740993}}',
      ),
    );
    expect(updated(changes)?.settings).toEqual([
      { path: 'run_as.user_name', was: 'a', byHand: false },
      { path: 'run_as.service_principal_name', is: 'sp', byHand: false },
      { path: 'x', is: '9007199254740993', byHand: false },
    ]);
  });

  it('counts permissions to their resource, owners too', () => {
    const changes = {
      "[group_name='users'].level": { action: 'update', old: 'CAN_VIEW', new: 'CAN_MANAGE', remote: 'CAN_VIEW' },
      "[user_name='ana']": {
        action: 'update',
        old: { level: 'IS_OWNER', user_name: 'ana' },
        remote: { level: 'IS_OWNER', user_name: 'ana' },
      },
      "[user_name='ben']": { action: 'update', new: { level: 'IS_OWNER', user_name: 'ben' } },
    };
    const diff = updated({}, { 'resources.jobs.j.permissions': { action: 'update', changes } });
    expect(diff).toMatchObject({ action: 'update' });
    expect(diff?.settings).toEqual([
      { path: 'permissions[group_name=users].level', was: 'CAN_VIEW', is: 'CAN_MANAGE', byHand: false },
      { path: 'permissions[user_name=ana].level', was: 'IS_OWNER', byHand: false },
      { path: 'permissions[user_name=ben].level', is: 'IS_OWNER', byHand: false },
    ]);
  });

  it('shows no secret: neither what looks like one nor what is called so, but which one is referred to', () => {
    const env = { DB_PASSWORD: 'hunter2', OTHER: '{{secrets/etl/db}}', SECRET_SCOPE: 'etl', URL: `dapi${'0'.repeat(32)}`, MORE: 'x' };
    const changes = {
      'new_cluster.spark_env_vars': { action: 'update', new: env },
      'spark_conf["fs.account.key"]': { action: 'update', old: 'a1', new: '{{secrets/etl/key}}', remote: 'a1' },
    };
    const text = JSON.stringify(updated(changes));
    expect(text).not.toMatch(/hunter2|dapi0|"a1"/);
    expect(text).toContain('{{secrets/etl/db}}');
    expect(text).toContain('{{secrets/etl/key}}');
    expect(text).toContain('etl');
  });

  it('tells what is gone from what is deleted, and forgets the permissions of both', () => {
    const plan = {
      'resources.jobs.gone': { action: 'delete', gone: true },
      'resources.jobs.old': { action: 'delete', remote_state: { job_id: '7', name: 'Old' } },
      'resources.jobs.old.permissions': { action: 'delete', remote_state: {} },
    };
    expect(diffOfPlan({ plan }, WHERE)).toMatchObject({
      first: true,
      resources: [
        { key: 'gone', action: 'forget', settings: [] },
        { key: 'old', action: 'delete', id: '7', name: 'Old', settings: [] },
      ],
    });
  });
});
