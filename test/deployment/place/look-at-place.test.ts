// What is said before a plan is offered: whose a place is, who may write it, and who may set whom its jobs run as. Real CLI, stand-in workspace.
import { describe, expect } from 'vitest';
import type { Bundle } from '../../../src/bundle/model/bundle.ts';
import { createPlaceRows } from '../../../src/storage/deployment-places.ts';
import { job } from '../../bundle/fixtures.ts';
import { CLI } from '../../located-cli.ts';
import { ANA, bundleOf, deploymentTest, type Rig } from '../rig.ts';

const BEN = 'ben@acme.example';
const TEAM = '/Workspace/Teams/data';
const IN_ANAS_HOME = `/Workspace/Users/${ANA}/.bundle/churn/prod`;

/** The job's bundle with prod at a root; `more` stands in the target. */
function bundleAt(root: string, more = '', name = 'churn'): Bundle {
  const [yaml = ''] = bundleOf().files.flatMap(({ path, bytes }) => (path === 'databricks.yml' ? [new TextDecoder().decode(bytes)] : []));
  const written = yaml.replace('name: churn', `name: ${name}`).replace(/root_path: .*/, `root_path: ${root}\n${more}`);
  return { ...bundleOf({ 'databricks.yml': written }), name };
}

/** Gives people levels on a folder or a job. */
function grant(rig: Rig, object: string, levels: Readonly<Record<string, string>>): void {
  rig.far.workspace.grants.set(
    object,
    Object.entries(levels).map(([user_name, permission_level]) => ({
      user_name,
      all_permissions: [{ permission_level, inherited: false }],
    })),
  );
}

const it = deploymentTest
  .extend('planAs', ({ rig }) => async (userName: string, bundle: Bundle, subject = 'job 123') => {
    await rig.bundles.save(bundle);
    const by = { slackUser: 'U', identity: { host: rig.far.url, userName } };
    const token = async () => rig.far.tokenFor(userName);
    return await rig.planner.planVersion({ conversationId: 'c1', version: 1, bundle, subject, target: 'prod', ...by, token });
  })
  .extend('deployAs', ({ rig, planAs }) => async (userName: string, bundle: Bundle, subject = 'job 123') => {
    const plan = await planAs(userName, bundle, subject);
    if (!('id' in plan)) throw new Error(`No plan: ${plan.problem} ${plan.next}`);
    const by = { slackUser: 'U', identity: { host: rig.far.url, userName } };
    await rig.approvals.approve({ proposalId: plan.id, by, now: new Date() });
    return await rig.deployer.deploy({ proposalId: plan.id, token: async () => rig.far.tokenFor(userName), onProgress: () => {} });
  })
  .extend('team', ({ rig }) => {
    rig.far.workspace.files.mkdirs(TEAM);
    grant(rig, `/directories/${rig.far.workspace.files.get(TEAM)?.id}`, { [ANA]: 'CAN_MANAGE', [BEN]: 'CAN_MANAGE' });
    return `${TEAM}/.bundle/churn/prod`;
  });

describe.skipIf(CLI === undefined)('the place of production', () => {
  it('is written down when a deployment has ended well, with its files', async ({ rig, deployAs }) => {
    const bundle = bundleAt(IN_ANAS_HOME);
    expect(await deployAs(ANA, bundle)).toMatchObject({ state: 'done' });
    const place = await createPlaceRows(rig.db).ofProduction({ host: rig.far.url, subject: 'job 123', target: 'prod' });
    expect(place).toMatchObject({ rootPath: IN_ANAS_HOME, owner: ANA, bundleName: 'churn', bundleDigest: bundle.digest, deployedBy: ANA });
    expect(Object.keys(place?.manifest ?? {}).sort()).toEqual(['databricks.yml', 'resources/churn.job.yml', 'src/load.py']);
  });

  it('in the home of another is said to be theirs, and nothing is made there', async ({ rig, planAs }) => {
    const plan = await planAs(BEN, bundleAt(IN_ANAS_HOME));
    expect(plan).toMatchObject({
      problem: expect.stringMatching(/Production lies at .* in the home of ana@acme\.example: you may not write/),
      next: expect.stringMatching(/^Ask ana@acme\.example to deploy it/),
    });
    expect(rig.far.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  it('is continued by a second deployer in the team’s folder who may manage its jobs', async ({ rig, team, planAs, deployAs }) => {
    const shared = bundleAt(team);
    await deployAs(ANA, shared);
    for (const id of rig.far.workspace.jobs.keys()) grant(rig, `/jobs/${id}`, { [ANA]: 'IS_OWNER', [BEN]: 'CAN_MANAGE' });
    expect(await planAs(BEN, shared)).toMatchObject({ state: 'open', rootPath: team });
    expect(await deployAs(BEN, shared)).toMatchObject({ state: 'done' });
    expect(rig.far.workspace.jobs.size).toBe(1);
  });

  it('holds a job that the second one may not manage: that is said, with who may', async ({ rig, team, planAs, deployAs }) => {
    await deployAs(ANA, bundleAt(team));
    grant(rig, `/directories/${rig.far.workspace.files.get(team)?.id}`, { [BEN]: 'CAN_MANAGE' });
    expect(await planAs(BEN, bundleAt(team))).toMatchObject({
      problem: expect.stringMatching(/You may not change `churn` \(\d+\)/),
      next: expect.stringContaining(ANA),
    });
  });

  it('has grants in its bundle: who may write them is said, since they move the ownership', async ({ rig, team, planAs, deployAs }) => {
    const shared = bundleAt(team, `    permissions:\n      - { level: CAN_MANAGE, user_name: ${BEN} }`);
    await deployAs(ANA, shared);
    expect(await planAs(BEN, shared)).toMatchObject({
      problem: expect.stringContaining('which would make you its owner: only ana@acme.example'),
      next: expect.stringContaining('leave the permissions of `churn` out'),
    });
    expect(rig.far.workspace.jobs.size).toBe(1);
  });

  it('is one: a version that names another folder is refused, and moved to the one that is there', async ({
    rig,
    team,
    planAs,
    deployAs,
  }) => {
    await deployAs(ANA, bundleAt(IN_ANAS_HOME));
    const elsewhere = bundleAt(team);
    const [definition, as] = [job({ name: 'Churn' }, { job_id: 123 }), { host: rig.far.url, userName: ANA }];
    expect(await planAs(ANA, elsewhere)).toMatchObject({
      problem: expect.stringContaining(`already lives at \`${IN_ANAS_HOME}\` (${ANA})`),
      next: expect.stringContaining('a version that continues the one that is there'),
    });
    const moved = await rig.movePlace({ bundle: elsewhere, definition, target: 'prod', ...as });
    expect(moved).toMatchObject({ rootPath: IN_ANAS_HOME, continues: true, bundle: { adoption: {} } });
    const there = moved?.bundle ?? elsewhere;
    expect(await planAs(ANA, there)).toMatchObject({ rootPath: IN_ANAS_HOME, release: { resources: [{ action: 'unchanged' }] } });
    expect(await rig.movePlace({ bundle: there, definition, target: 'prod', ...as })).toBeUndefined();
  });

  it('of one job is not taken by another of the same name', async ({ rig, planAs, deployAs }) => {
    await deployAs(ANA, bundleAt(IN_ANAS_HOME));
    expect(await planAs(ANA, bundleAt(IN_ANAS_HOME), 'job 204')).toMatchObject({
      problem: expect.stringContaining('Target `prod` of job 123 lives at'),
      next: expect.stringContaining('a folder of its own'),
    });
    const [definition, as] = [job({ name: 'Churn' }, { job_id: 204 }), { host: rig.far.url, userName: ANA }];
    const moved = await rig.movePlace({ bundle: bundleAt(IN_ANAS_HOME), definition, target: 'prod', ...as });
    expect(moved).toMatchObject({ rootPath: `/Workspace/Users/${ANA}/.bundle/churn-204/prod`, continues: false });
  });

  it('whose state answers 404 is never one where nothing is deployed', async ({ rig, planAs, deployAs }) => {
    await deployAs(ANA, bundleAt(IN_ANAS_HOME));
    rig.far.workspace.files.remove(`${IN_ANAS_HOME}/state`);
    expect(await planAs(ANA, bundleAt(IN_ANAS_HOME))).toMatchObject({
      problem: expect.stringContaining('can’t be read, though something is'),
    });
  });

  it('in a team’s folder that nobody has made is said, with the grants it needs, to an administrator too', async ({ rig, planAs }) => {
    const inTeam = bundleAt('/Workspace/Nowhere/data/.bundle/churn/prod');
    const said = {
      problem: expect.stringContaining('the team’s folder `/Workspace/Nowhere/data`, which is not there'),
      next: expect.stringContaining('*Can Manage* on it to everybody who shall deploy'),
    };
    expect(await planAs(BEN, inTeam)).toMatchObject(said);
    expect(await planAs(ANA, inTeam)).toMatchObject(said);
    // Made, and nobody was let in.
    const { files } = rig.far.workspace;
    files.mkdirs('/Workspace/Nowhere/data');
    expect(await planAs(BEN, inTeam)).toMatchObject(said);
    grant(rig, `/directories/${files.get('/Workspace/Nowhere/data')?.id}`, { [BEN]: 'CAN_READ' });
    expect(await planAs(BEN, inTeam)).toMatchObject({ problem: expect.stringContaining('you may not write into `/Workspace/Nowhere') });
    expect(await planAs(ANA, inTeam)).toMatchObject({ state: 'open' });
  });

  it('that answers 403 is said to be somebody’s', async ({ rig, team, planAs }) => {
    rig.far.faults.on('GET /api/2.0/workspace/get-status', { status: 403 });
    expect(await planAs(BEN, bundleAt(team))).toMatchObject({ problem: expect.stringContaining('you may not write into') });
  });

  it('of a bundle that this bot has not deployed is read off the workspace', async ({ rig, planAs }) => {
    const metadata = JSON.stringify({ config: { bundle: { name: 'sales' } } });
    rig.far.workspace.files.mkdirs(`${IN_ANAS_HOME}/state`);
    rig.far.workspace.files.put(`${IN_ANAS_HOME}/state/metadata.json`, { type: 'FILE', read: () => Buffer.from(metadata) });
    expect(await planAs(ANA, bundleAt(IN_ANAS_HOME))).toMatchObject({ problem: expect.stringContaining('lies another bundle, `sales`') });
  });

  it('runs as nobody whom this person may not set, unless they are an admin', async ({ team, planAs }) => {
    const asAna = bundleAt(team, `    run_as: { user_name: ${ANA} }`);
    expect(await planAs(BEN, asAna)).toMatchObject({
      problem: expect.stringContaining(`runs as ${ANA}, and only ${ANA} or an administrator`),
      next: expect.stringContaining('administrator'),
    });
    expect(await planAs(ANA, bundleAt(team, `    run_as: { user_name: ${BEN} }`))).toMatchObject({ state: 'open' });
  });

  it('runs as no service principal of which it is known that this person may not use it, admin or not', async ({ rig, team, planAs }) => {
    const { principalManagers, principalUsers } = rig.far.workspace;
    const bundle = bundleAt(team, '    run_as: { service_principal_name: sp-1 }');
    principalUsers.set('sp-1', ['cy@acme.example']);
    // Who may not read the roles is told nothing.
    expect(await planAs(ANA, bundle)).toMatchObject({ state: 'open' });
    principalManagers.set('sp-1', [ANA]);
    expect(await planAs(ANA, bundle)).toMatchObject({
      problem: expect.stringContaining('runs as the service principal `sp-1`, which you may not use'),
      next: expect.stringContaining('You manage it, which is not enough'),
    });
    // Somebody may be in a group by way of another one, which nobody says.
    principalUsers.set('sp-1', ['finance']);
    expect(await planAs(ANA, bundle)).toMatchObject({ state: 'open' });
    principalUsers.set('sp-1', [ANA]);
    expect(await planAs(ANA, bundle)).toMatchObject({ state: 'open' });
  });

  it('is free again when what was there is destroyed', async ({ rig, deployAs, planAs, team }) => {
    const bundle = bundleAt(IN_ANAS_HOME);
    await deployAs(ANA, bundle);
    const by = { host: rig.far.url, userName: ANA, token: rig.token, loadBundle: rig.loadBundle };
    const { id } = await rig.writes.propose({ kind: 'destroy_bundle', bundle: bundle.digest, target: 'prod' }, by);
    await rig.writeApprovals.approve({ proposalId: id, by: rig.by, now: new Date() });
    expect(await rig.executor.execute({ proposalId: id, token: rig.token, onProgress: () => {} })).toMatchObject({ state: 'done' });
    expect(await planAs(ANA, bundleAt(team))).toMatchObject({ state: 'open' });
  });
});
