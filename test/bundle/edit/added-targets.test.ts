// A target that an edit adds never starts by itself beside the original, however it is written, and a copy in it writes to its own data.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of bundles, not of JavaScript
import { describe, expect, it } from 'vitest';
import { checkBundle } from '../../../src/bundle/check/check-bundle.ts';
import { keepAddedTargetsApart } from '../../../src/bundle/edit/added-targets.ts';
import { editBundle } from '../../../src/bundle/edit/edit.ts';
import { generateBundle } from '../../../src/bundle/generate/generate.ts';
import { resolveBundle } from '../../../src/bundle/proof/resolve-offline.ts';
import { productionTarget } from '../../../src/bundle/yaml/describe-tree.ts';
import { objectOf } from '../../../src/values/json.ts';
import { HARD_CASES } from '../case-hard.ts';
import { madeUp } from '../case-kinds.ts';
import { HOST, job, notebookTask, textOf } from '../fixtures.ts';

const related = HARD_CASES.related?.definition ?? job({});
const scheduled = (pause_status?: string) =>
  job({
    name: 'Nightly',
    schedule: { quartz_cron_expression: '0 0 2 * * ?', timezone_id: 'UTC', ...(pause_status === undefined ? {} : { pause_status }) },
    tasks: [notebookTask('a', '/Users/ana@acme.example/etl/a')],
  });
/** In the newest form: a list, in which one trigger is paused, one runs and one says nothing. */
const listed = job({
  name: 'Nightly',
  triggers: [
    { periodic: { interval: 1, unit: 'DAYS' }, pause_status: 'PAUSED' },
    { table_update: { table_names: ['main.sales.orders'] }, pause_status: 'UNPAUSED' },
    { file_arrival: { url: 's3://acme/in/' } },
  ],
  tasks: [notebookTask('a', '/Users/ana@acme.example/etl/a')],
});
const made = (definition: typeof related) =>
  generateBundle({ definition, sources: madeUp(definition), host: HOST, options: { adoption: { prod: 'bind' } } });
const withTarget = (bundle: ReturnType<typeof made>, written: string, replaced = '$&') => {
  const yaml = textOf(bundle, 'databricks.yml').replace(/ {2}prod:\n/, replaced);
  const edited = editBundle(bundle, [{ path: 'databricks.yml', content: `${yaml}\n${written}` }]);
  return keepAddedTargetsApart(bundle, edited);
};
const resourcesOf = (bundle: ReturnType<typeof made>, target: string) =>
  JSON.stringify(objectOf(resolveBundle(bundle.files, target, { userName: 'ana@acme.example' }).resources));

const STAGING = '  staging:\n    mode: production # ours\n    workspace:\n      root_path: /Workspace/Teams/data/.bundle/n/staging\n';

describe('a target that an edit adds', () => {
  it.each([
    ['a schedule that says nothing', scheduled(), STAGING],
    ['one that says that it runs', scheduled('UNPAUSED'), STAGING],
    [
      'one that the target lets run',
      scheduled('PAUSED'),
      `${STAGING}    resources: { jobs: { nightly: { schedule: { pause_status: UNPAUSED } } } }\n`,
    ],
    ['jobs and pipelines', related, STAGING],
    ['a list of triggers', listed, STAGING],
    [
      'a list that the target makes longer',
      listed,
      `${STAGING}    resources: { jobs: { nightly: { triggers: [{ model: { securable_name: main.sales.m }, pause_status: UNPAUSED }] } } }\n`,
    ],
    ['a target without anything', scheduled('UNPAUSED'), '  staging:\n'],
    ['empty keys', scheduled('UNPAUSED'), `${STAGING}    presets:\n    resources:\n      jobs:\n`],
  ])('is paused: %s', (_what, definition, written) => {
    const bundle = withTarget(made(definition), written);
    expect(resourcesOf(bundle, 'staging')).not.toMatch(/"pause_status":"UNPAUSED"|"continuous":true/);
    expect(resourcesOf(bundle, 'prod')).toBe(resourcesOf(made(definition), 'prod'));
    expect([bundle.adoption.staging, checkBundle(bundle.files)]).toEqual(['beside', []]);
    expect(textOf(bundle, 'databricks.yml')).toContain(written.includes('ours') ? '# ours' : 'staging:');
  });

  it.each([
    ['a job', scheduled('UNPAUSED')],
    ['one that says nothing', scheduled()],
    ['all kinds', related],
    ['a list of triggers', listed],
  ])('that is written after one which takes the original over is what the generator would have made: %s', (_what, definition) => {
    const bundle = made(definition);
    const [, prod = ''] = /\n {2}prod:\n([\s\S]*)$/.exec(textOf(bundle, 'databricks.yml')) ?? [];
    const root = '/Workspace/Teams/data/.bundle/n/staging';
    const modelled = withTarget(bundle, `  staging:\n${prod.replace(/root_path: .*/, `root_path: ${root}`)}`);
    const targets = [{ name: 'staging', environment: 'production' as const }];
    const options = { targets, adoption: { prod: 'bind', staging: 'beside' }, roots: { staging: root } } as const;
    const wanted = generateBundle({ definition, sources: madeUp(definition), host: HOST, options });
    expect(JSON.parse(resourcesOf(modelled, 'staging'))).toEqual(JSON.parse(resourcesOf(wanted, 'staging')));
  });

  it('is paused where the list of triggers was written by hand', () => {
    const bundle = made(listed);
    const content = textOf(bundle, 'resources/nightly.job.yml').replaceAll('${var.triggers_pause_status}', 'UNPAUSED');
    const yaml = textOf(bundle, 'databricks.yml')
      .replace(/variables:\n {2}triggers_pause_status:\n.*\n.*\n/, '')
      .replace(/ {4}variables:\n {6}triggers_pause_status: PAUSED\n/, '');
    expect(yaml).not.toContain('triggers_pause_status');
    const byHand = editBundle(bundle, [
      { path: 'databricks.yml', content: yaml },
      { path: 'resources/nightly.job.yml', content },
    ]);
    const staged = withTarget(byHand, STAGING);
    expect(resourcesOf(staged, 'staging')).not.toMatch(/UNPAUSED/);
    expect(resourcesOf(staged, 'prod')).toBe(resourcesOf(byHand, 'prod'));
    expect(checkBundle(staged.files)).toEqual([]);
  });

  it.each([
    ['its own schema', '', 'dev_ana_mine'],
    ['the schema that it says', '    variables: { schema: sandbox }\n', 'sandbox'],
    ['nothing that it lets run', '    resources: { jobs: { nightly: { schedule: { pause_status: UNPAUSED } } } }\n', 'dev_ana_mine'],
  ])('for development has %s, and starts nothing', (_what, said, schema) => {
    const { settings } = scheduled('UNPAUSED');
    const definition = job({ ...settings, parameters: [{ name: 'schema', default: 'sales' }] });
    const bundle = withTarget(made(definition), `  mine:\n    mode: development\n${said}`);
    const { schedule, parameters } = objectOf(objectOf(objectOf(JSON.parse(resourcesOf(bundle, 'mine'))).jobs).nightly);
    expect([parameters, objectOf(schedule).pause_status]).toEqual([[{ name: 'schema', default: schema }], 'PAUSED']);
    expect(checkBundle(bundle.files)).toEqual([]);
    expect(resourcesOf(bundle, 'prod')).toBe(resourcesOf(made(definition), 'prod'));
  });

  it('for development has the catalog that is for development', () => {
    const definition = job({ ...scheduled().settings, parameters: [{ name: 'catalog', default: 'main' }] });
    const options = { devData: { catalog: 'lab' } };
    const tables = [{ path: '/Users/ana@acme.example/etl/a', tables: [{ changes: true, parts: ['{catalog}', 'finance', 'ledger'] }] }];
    const before = generateBundle({ definition, sources: madeUp(definition), tables, host: HOST, options });
    const bundle = withTarget(before, '  mine:\n    mode: development\n');
    for (const target of ['dev', 'mine']) expect(resourcesOf(bundle, target)).toContain('"default":"lab"');
  });

  it('for development has its own schema beside one without a person’s name, which the person has chosen', () => {
    const definition = job({ ...scheduled().settings, parameters: [{ name: 'schema', default: 'sales' }] });
    const options = { devData: { schema: 'sandbox_42' } };
    const before = generateBundle({ definition, sources: madeUp(definition), host: HOST, options });
    const bundle = withTarget(before, '  mine:\n    mode: development\n');
    expect(resourcesOf(bundle, 'dev')).toContain('"default":"sandbox_42"');
    expect(resourcesOf(bundle, 'mine')).toContain('"default":"sandbox_42_mine"');
  });

  it('for development has its own schema where no other copy is left, and its list of triggers pauses', () => {
    const definition = job({ ...listed.settings, parameters: [{ name: 'schema', default: 'sales' }] });
    const before = made(definition);
    const yaml = textOf(before, 'databricks.yml').replace(/ {2}# [^\n]*\n {2}dev:\n(?: {4}.*\n)+/, '  mine:\n    mode: development\n');
    const bundle = keepAddedTargetsApart(before, editBundle(before, [{ path: 'databricks.yml', content: yaml }]));
    expect(bundle.targets).toEqual(['mine', 'prod']);
    expect(resourcesOf(bundle, 'mine')).toMatch(/"default":"dev_ana_mine"/);
    expect(resourcesOf(bundle, 'mine')).not.toMatch(/"UNPAUSED"/);
  });

  it('stays as it is written for development where nothing has to be changed, without an original, and where only the name is new', () => {
    const same = (bundle: ReturnType<typeof made>) => expect(textOf(bundle, 'databricks.yml')).not.toContain('trigger_pause_status');
    const own = withTarget(made(scheduled()), '  mine:\n    mode: development\n');
    const fresh = withTarget(made({ ...scheduled('UNPAUSED'), jobId: '' }), STAGING);
    const renamed = withTarget(made(scheduled('UNPAUSED')), '', '  production:\n');
    for (const bundle of [own, fresh, renamed]) same(bundle);
    expect([own.adoption.mine, fresh.adoption.staging, renamed.adoption.production]).toEqual([undefined, undefined, 'bind']);
  });

  it('is never what the bundle is held against, wherever it stands and whatever it is called then', () => {
    const first = withTarget(made(scheduled()), '', `${STAGING}  prod:\n`);
    const yaml = textOf(first, 'databricks.yml').replace('  staging:\n', '  stage:\n');
    const renamed = keepAddedTargetsApart(first, editBundle(first, [{ path: 'databricks.yml', content: yaml }]));
    expect([first.targets.indexOf('staging') < first.targets.indexOf('prod'), productionTarget(first)]).toEqual([true, 'prod']);
    expect([renamed.adoption.stage, renamed.added, productionTarget(renamed)]).toEqual(['beside', ['stage'], 'prod']);
  });
});
