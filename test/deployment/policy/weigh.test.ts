// Rules that need more than a change between two deployments: originals, other deployers, what a plan says of what is gone.
import { describe, expect, it } from 'vitest';
import { diffOfPlan } from '../../../src/deployment/policy/diff-of-plan.ts';
import type { Original } from '../../../src/deployment/policy/situation.ts';
import { weigh } from '../../../src/deployment/policy/weigh.ts';
import type { JsonObject } from '../../../src/values/json.ts';

const [ANA, BEN] = ['ana@acme.example', 'ben@acme.example'];
const RESOLVED = {
  bundle: { name: 'churn', mode: 'production' },
  workspace: { current_user: { userName: ANA }, root_path: '/Workspace/Teams/data/.bundle/churn/prod' },
  resources: { jobs: { churn: { name: 'Churn' } } },
};
const live = { schedule: { pause_status: 'UNPAUSED' } };

function said(nodes: JsonObject, originals: readonly Original[] = [], lineage?: string, resolved: JsonObject = RESOLVED) {
  const plan = { ...(lineage === undefined ? {} : { lineage }), plan: nodes };
  const diff = diffOfPlan(plan, { target: 'prod', environment: 'production' });
  const release = weigh(diff, { plan, resolved, originals, copies: new Set(['churn']), main: 'churn' });
  return { ...release, texts: release.findings.map(({ weight, text }) => `${weight}: ${text}`) };
}

const created = (value: JsonObject) => ({ 'resources.jobs.churn': { action: 'create', new_state: { value } } });
const ORIGINAL = { key: 'churn', id: '123', live: true, runAs: BEN };

describe('a first production deployment', () => {
  it('is danger beside a live original, and where somebody else runs it', () => {
    expect(said(created({ name: 'Churn', ...live }), [ORIGINAL])).toMatchObject({
      runsAs: { is: ANA, was: BEN },
      texts: [
        `danger: The new job \`churn\` would run as \`${ANA}\`; the original runs as \`${BEN}\`.`,
        'danger: Two live jobs: job `churn` starts by itself, and so does its original, job `123`.',
      ],
    });
  });

  it('is calm where the copy is paused, or the original, and it runs as before', () => {
    const run_as = { user_name: BEN };
    expect(said(created({ run_as, schedule: { pause_status: 'PAUSED' } }), [ORIGINAL]).texts).toEqual([]);
    expect(said(created({ run_as, ...live }), [{ ...ORIGINAL, live: false }]).texts).toEqual([]);
    expect(said(created({ run_as, ...live })).texts).toEqual([]);
  });

  it('says that it begins in somebody’s home; a later one does not', () => {
    const root_path = `/Workspace/Users/${ANA}/.bundle/churn/prod`;
    const atHome = { ...RESOLVED, workspace: { ...RESOLVED.workspace, root_path } };
    const note = `note: Production begins in the home of \`${ANA}\`: others can deploy it only with rights on that folder, which a team folder gives to the whole team.`;
    expect(said(created({}), [], undefined, atHome).texts).toEqual([note]);
    expect(said(created({}), [], 'l', atHome).texts).toEqual([]);
  });
});

describe('a second deployer', () => {
  const moved = {
    "[user_name='ben']": { action: 'update', old: { level: 'IS_OWNER', user_name: BEN }, remote: { level: 'IS_OWNER', user_name: BEN } },
    "[user_name='ana']": { action: 'update', new: { level: 'IS_OWNER', user_name: ANA } },
  };
  const permissions = (of: object) =>
    JSON.parse(
      JSON.stringify({ action: 'update', changes: of }).replaceAll("'ben'", `'${BEN}'`).replaceAll("'ana'", `'${ANA}'`),
    ) as JsonObject;

  it('takes the ownership over, which is a warning of its own', () => {
    const nodes = {
      'resources.jobs.churn': { action: 'skip', remote_state: { job_id: '5', run_as: { user_name: BEN }, run_as_user_name: BEN } },
      'resources.jobs.churn.permissions': permissions(moved),
    };
    expect(said(nodes, [], 'l').texts).toEqual([`warning: The ownership of job \`churn\` moves from \`${BEN}\` to \`${ANA}\`.`]);
    // A plan does not say again what it leaves as it is: a live job stays one.
    const remote_state = { job_id: '5', run_as: { user_name: BEN }, ...live };
    const alive = { ...nodes, 'resources.jobs.churn': { action: 'skip', remote_state } };
    expect(said(alive, [], 'l').texts).toEqual(said(nodes, [], 'l').texts);
  });

  it('runs it from then on where the job says nothing of who does', () => {
    const nodes = {
      'resources.jobs.churn': { action: 'skip', remote_state: { job_id: '5', run_as_user_name: BEN } },
      'resources.jobs.churn.permissions': permissions(moved),
    };
    expect(said(nodes, [], 'l').texts).toEqual([
      `danger: \`${ANA}\` would run job \`churn\`; now it is \`${BEN}\`.`,
      `warning: The ownership of job \`churn\` moves from \`${BEN}\` to \`${ANA}\`.`,
    ]);
  });
});

describe('what is gone or left', () => {
  it('is told, and no more', () => {
    const nodes = {
      'resources.jobs.old': { action: 'delete', gone: true },
      'resources.jobs.churn': { action: 'skip', remote_state: { job_id: '5' } },
      'resources.jobs.churn.permissions': { action: 'delete', remote_state: { __embed__: [{ level: 'CAN_VIEW', group_name: 'data' }] } },
    };
    expect(said(nodes, [], 'l').texts).toEqual([
      "note: Job `old` no longer exists; the deployment's record forgets it.",
      'note: Permissions of the job are no longer part of the bundle; those that were given stay.',
    ]);
  });

  it('is foreign also where a path only begins in the bundle’s folder', () => {
    const script = (python_file: string) => ({ tasks: [{ task_key: 'a', spark_python_task: { python_file } }] });
    const root = RESOLVED.workspace.root_path;
    expect(said(created(script(`${root}/files/a.py`)), [], 'l').texts).toEqual([]);
    expect(said(created(script(`${root}/../../../../eve@acme.example/a.py`)), [], 'l').texts).toMatchObject([
      expect.stringMatching(/^danger: Code of job/),
    ]);
  });

  it('is deleted with what goes with it, and a job that is made in a later deployment is looked at whole', () => {
    const task = { task_key: 'a', notebook_task: { notebook_path: '/Users/eve@acme.example/x' } };
    const nodes = {
      'resources.schemas.raw': { action: 'delete', remote_state: {} },
      ...created({ name: 'Churn', tasks: [task], git_source: { git_url: 'https://u:p@git.example/x.git' } }),
    };
    expect(said(nodes, [], 'l').texts).toEqual([
      'danger: Deletes schema `raw` and everything in it.',
      'danger: Code of job `churn` is in somebody else’s home: `/Users/eve@acme.example/x`.',
      'danger: The code of job `churn` comes from another repository: `https://git.example/x.git`.',
    ]);
  });
});
