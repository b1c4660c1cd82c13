// What must hold for every bundle: nothing lost, names that the CLI takes, the same input the same bytes.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of bundles, not of JavaScript
import { describe, expect, test } from 'vitest';
import { checkBundle } from '../../../src/bundle/check/check-bundle.ts';
import { generateBundle } from '../../../src/bundle/generate/generate.ts';
import type { Bundle, JobDefinition } from '../../../src/bundle/model/bundle.ts';
import { leavesOf } from '../../../src/bundle/model/leaves.ts';
import { resourceKey, variableName } from '../../../src/bundle/model/safe-names.ts';
import { writtenResource } from '../../../src/bundle/yaml/describe-tree.ts';
import { parseYaml } from '../../../src/bundle/yaml/parse.ts';
import { renderYaml } from '../../../src/bundle/yaml/render.ts';
import { UserError } from '../../../src/values/errors.ts';
import { isObject, type Json, type JsonObject } from '../../../src/values/json.ts';
import { fc } from '../../fast-check.ts';
import { HARD_CASES } from '../case-hard.ts';
import { CASES, file, HOST, job, textOf } from '../fixtures.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const nasty = fc.constantFrom(
  '__proto__',
  'constructor',
  'True',
  'no',
  '007',
  '1e3',
  'null',
  '~',
  '2024-01-01',
  '<<',
  '# x',
  'a: b',
  '- a',
  '',
  ' x ',
  'a\nb\n',
  'a\n\n',
  '\t',
  '0x1F',
  '{a}',
  '*a',
  '\u2028',
  '\u0085',
  '1_000',
  '12:30:45',
  '|',
  '\r\n',
  'a\r',
);
const scalar: fc.Arbitrary<Json> = fc.oneof(
  text,
  nasty,
  fc.integer(),
  fc.boolean(),
  fc.constant(9223372036854775807n),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (n === 0 || (Number.isInteger(n) && !Number.isSafeInteger(n)) ? 0 : n)),
);
const tree: fc.Arbitrary<JsonObject> = fc.letrec<{ object: JsonObject; value: Json }>((tie) => ({
  object: fc.dictionary(fc.oneof(text, nasty), tie('value'), { maxKeys: 4 }),
  value: fc.oneof({ depthSize: 'small' }, scalar, fc.array(tie('value'), { maxLength: 3 }), tie('object')),
})).object;

/** A job as its bundle writes it, variables put back in. */
function readBack(bundle: Bundle): Map<string, Json> {
  const values = new Map(bundle.variables.map(({ name, value }) => [`\${var.${name}}`, value]));
  const { base } = writtenResource(bundle.files, 'jobs', bundle.name, 'prod');
  return new Map(
    [...leavesOf(base)].map(([place, { value }]) => [place, typeof value === 'string' ? (values.get(value) ?? value) : value]),
  );
}

describe('YAML', () => {
  test('reads back what was written, whatever it was', () => {
    fc.assert(
      fc.property(tree, (value) => {
        expect(parseYaml(Buffer.from(renderYaml(value)))).toEqual({ ok: true, value });
        expect(parseYaml(Buffer.from(renderYaml({ all: value }, { header: 'Made', apart: 1 })))).toEqual({
          ok: true,
          value: { all: value },
        });
      }),
      { numRuns: 500 },
    );
  });

  test('quotes what some reader would take for something else', () => {
    const yaml = renderYaml({ a: 'True', no: '007', b: '2024-01-01', c: '12:30', d: '0x1f', e: '1e3', f: '' });
    expect(yaml).toBe('a: "True"\n\n"no": "007"\n\nb: "2024-01-01"\n\nc: "12:30"\n\nd: "0x1f"\n\ne: "1e3"\n\nf: ""\n');
  });
});

describe('losslessness', () => {
  test('settings that nobody knows come out as they went in', () => {
    fc.assert(
      fc.property(tree, (unknown) => {
        const definition = job({ name: 'x', queue: { enabled: false }, unknown, tasks: [{ task_key: 'a', some_task: unknown }] });
        const written = readBack(generateBundle({ definition, sources: [], host: HOST }));
        for (const [place, { value }] of leavesOf(definition.settings))
          expect([place, String(written.get(place))]).toEqual([place, String(value)]);
        expect(written.size).toBe(leavesOf(definition.settings).size);
      }),
      { numRuns: 200 },
    );
  });

  test('server-only fields stay out, and no host gets in', () => {
    const definition = job({ name: 'x', format: 'MULTI_TASK', edit_mode: 'UI_LOCKED', deployment: { kind: 'BUNDLE' } });
    const bundle = generateBundle({ definition, sources: [], host: HOST });
    const all = bundle.files.map(({ bytes }) => Buffer.from(bytes).toString()).join('\n');
    expect(all).not.toMatch(/MULTI_TASK|UI_LOCKED|kind|https?:\/\/acme\.example/);
    expect(bundle.diagnostics).toMatchObject([{ level: 'warning', place: 'deployment' }]);
  });

  test('what a bundle cannot say is an error with its place', () => {
    const definition = job({
      name: 'x',
      tasks: [{ task_key: 'a', notebook_task: { notebook_path: 'relative', base_parameters: { p: 'a ${HOME}' } } }],
    });
    expect(generateBundle({ definition, sources: [], host: HOST }).diagnostics).toMatchObject([
      { level: 'error', place: 'tasks[a].notebook_task.notebook_path' },
      { level: 'error', place: 'tasks[a].notebook_task.base_parameters.p' },
    ]);
  });
});

describe('names', () => {
  test('keys', () => {
    const keys = ['Churn', '[prod] Sales', 'Rapport — l’équipe d’Özgür 🚀', '日本語', '', '99 bottles', 'Straße'].map((name) =>
      resourceKey(name, '5'),
    );
    expect(keys).toEqual(['churn', 'sales', 'rapport_l_equipe_d_ozgur', 'job_5', 'job_5', 'job_99_bottles', 'strasse']);
    expect(variableName('2 schemas')).toBe('v_2_schemas');
  });

  test('any name makes a key that the allow-list takes', () => {
    fc.assert(
      fc.property(text, (name) => {
        expect(
          checkBundle(generateBundle({ definition: job({ name: name.replaceAll('${', '') }), sources: [], host: HOST }).files),
        ).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test('equal values share a variable, a second value gets the name of its task', () => {
    expect(generateBundle({ ...must(CASES.nightly), host: HOST }).variables.map(({ name, value }) => `${name}=${value}`)).toEqual([
      'catalog=main',
      'schema=raw',
      'schema_report=gold',
    ]);
  });
});

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('missing');
  return value;
}

test('a variable says of all places that have it what it is', () => {
  const tasks = ['a', 'b', 'c', 'd'].map((key) => ({
    task_key: key,
    notebook_task: {
      notebook_path: `/Users/ana/${key}`,
      base_parameters: { schema: 'gold', ...(key === 'd' ? { table: 'main.gold.out' } : {}) },
    },
  }));
  const definition = job({ name: 'x', parameters: [{ name: 'catalog', default: 'main' }], tasks });
  const { variables } = generateBundle({ definition, sources: [], host: HOST });
  expect(variables.map(({ name, description }) => [name, description])).toEqual([
    ['catalog', 'Job parameter catalog; Catalog of the table in parameter table of task d'],
    ['schema', 'Parameter schema of task a, task b, task c and 1 more; Schema of the table in parameter table of task d'],
  ]);
});

test('a dashboard that the CLI would refuse stays outside', () => {
  const tasks = ['a', 'b'].map((id) => ({ task_key: id, dashboard_task: { dashboard_id: id } }));
  const dashboard = { type: 'dashboards' as const, name: 'D', serialized: '{}', grants: [] };
  const related = [
    { ...dashboard, id: 'a' },
    { ...dashboard, id: 'b', warehouseId: 'w', serialized: '{"x":"${y}"}' },
  ];
  const bundle = generateBundle({ definition: { ...job({ name: 'x', tasks }), related }, sources: [], host: HOST });
  expect(bundle.resources.map(({ key }) => key)).toEqual(['x']);
  expect(textOf(bundle, 'resources/x.job.yml')).toContain('dashboard_id: a');
  expect(bundle.diagnostics.map(({ level, place }) => `${level} ${place}`)).toEqual([
    'warning related[dashboards.a]',
    'warning related[dashboards.b]',
    'note tasks[a].dashboard_task.dashboard_id',
    'note tasks[b].dashboard_task.dashboard_id',
  ]);
});

test('who runs a child job is said in production, unless it is whoever alone deploys it', () => {
  const [ANA, BEN] = ['ana@acme.example', 'ben@acme.example'];
  const child = (jobId: string, name: string, runAs: string) =>
    ({ type: 'jobs', definition: { ...job({ name, tasks: [] }), jobId, runAs } }) as const;
  const definition = { ...job({ name: 'main', tasks: [] }), runAs: ANA, related: [child('7', 'hers', ANA), child('8', 'his', BEN)] };
  const saying = (deployer?: string) => {
    const { files } = generateBundle({ definition, sources: [], host: HOST, options: { deployer } });
    return ['main', 'hers', 'his'].map((key) => writtenResource(files, 'jobs', key, 'prod').override.run_as);
  };
  const [ana, ben] = [{ user_name: ANA }, { user_name: BEN }];
  expect(saying()).toEqual([ana, ana, ben]);
  expect(saying(ANA)).toEqual([ana, undefined, ben]);
});

test('the order of related things, sources and lookups changes nothing', () => {
  for (const one of [must(HARD_CASES.related), must(HARD_CASES.lookups)]) {
    const { related = [], lookups = [] } = one.definition;
    const turned = { ...one.definition, related: [...related].reverse(), lookups: [...lookups].reverse() };
    const first = generateBundle({ ...one, host: HOST });
    expect(generateBundle({ ...one, definition: turned, sources: [...one.sources].reverse(), host: HOST })).toEqual(first);
  }
});

test('leaves out of Git and of a deployment what tools leave in a tree, and nothing that the bundle has', () => {
  const definition = job({ tasks: [{ task_key: 'a', spark_python_task: { python_file: '/Workspace/Shared/a.py' } }] });
  const ignored = (...more: string[]) => {
    const sources = ['a.py', ...more].map((path) => file(`/Workspace/Shared/${path}`));
    return textOf(generateBundle({ definition, sources, host: HOST }), '.gitignore');
  };
  expect(ignored()).toBe('.databricks/\n__pycache__/\n.venv/\n');
  expect(ignored('lib/__pycache__/b.pyc')).toBe('.databricks/\n.venv/\n');
});

test('a target needs a name that the CLI takes', () => {
  const definition = job({ name: 'x' });
  expect(() =>
    generateBundle({ definition, sources: [], host: HOST, options: { targets: [{ name: 'a b', environment: 'production' }] } }),
  ).toThrow(UserError);
  const targets = ['qa', 'prod'].map((name) => ({ name, environment: 'production' as const }));
  const bundle = generateBundle({ definition, sources: [], host: HOST, options: { targets, adoption: { qa: 'bind' } } });
  expect(bundle.targets).toEqual(['dev', 'prod', 'qa']);
  expect(bundle.adoption).toEqual({ dev: 'copy', prod: 'copy', qa: 'bind' });
});

test('run_as goes to prod, where the job has one', () => {
  const parsed = parseYaml(Buffer.from(textOf(generateBundle({ ...must(CASES['git-and-run-as']), host: HOST }), 'databricks.yml')));
  const targets = parsed.ok && isObject(parsed.value) && isObject(parsed.value.targets) ? parsed.value.targets : {};
  expect(targets.prod).toMatchObject({ run_as: { service_principal_name: '0a0a0a0a-0000-4000-8000-000000000001' } });
  expect(targets.dev).not.toHaveProperty('run_as');
});

test('a job that is waited for is named as one that is run: by reference where the bundle has it, by name elsewhere', () => {
  const waits = (...ids: number[]) => ({
    triggers: [{ job_completion: { jobs: ids.map((job_id) => ({ job_id })), if_status: 'SUCCESS' }, pause_status: 'UNPAUSED' }],
  });
  const definition: JobDefinition = {
    ...job({
      name: 'Totals',
      ...waits(555, 501, 77),
      tasks: [
        { task_key: 'run', run_job_task: { job_id: 501 } },
        { task_key: 'more', run_job_task: { job_id: 502 } },
      ],
    }),
    related: [
      { type: 'jobs', definition: { jobId: '501', settings: { name: 'Load' } } },
      { type: 'jobs', definition: { jobId: '502', settings: { name: 'Reports', ...waits(501) } } },
    ],
    lookups: [{ kind: 'job', id: '555', name: 'Orders' }],
  };
  const { files, variables, diagnostics } = generateBundle({ definition, sources: [], host: HOST });
  expect(textOf({ files }, 'resources/totals.job.yml')).toMatch(
    /job_id: \$\{var\.orders_job_id\}\n +- job_id: \$\{resources\.jobs\.load\.id\}\n +- job_id: 77\n/,
  );
  expect(textOf({ files }, 'resources/reports.job.yml')).toContain('job_id: ${resources.jobs.load.id}');
  expect(variables).toContainEqual({ name: 'orders_job_id', value: 'Orders', description: 'The job called Orders' });
  expect(diagnostics.filter(({ place }) => place.endsWith('.job_id')).map(({ message }) => message.split(',')[0])).toContain(
    'the job waits for itself',
  );
});

test('what no bundle can say of a pipeline is named as of a job, once a field', () => {
  const spec = { name: 'P', id: 'p-1', pipeline_type: 'WORKSPACE', no_such_field: { a: 1, b: 2 }, configuration: { any: 'x' } };
  const definition: JobDefinition = {
    ...job({ name: 'x', tasks: [{ task_key: 'a', pipeline_task: { pipeline_id: 'p-1' } }] }),
    related: [{ type: 'pipelines', id: 'p-1', spec, grants: [] }],
  };
  const told = generateBundle({ definition, sources: [], host: HOST }).diagnostics.filter(({ message }) => message.includes('in no model'));
  expect(told).toMatchObject([{ level: 'note', place: 'pipelines.p: no_such_field.a' }]);
});
