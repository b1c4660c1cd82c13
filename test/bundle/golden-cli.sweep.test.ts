// The real CLI over golden trees: it validates strictly in each target, without a warning, and finds every name that is looked up;
// what it resolves is what we resolve without it, and by both nothing of the job differs.
import { test as base, describe, expect } from 'vitest';
import { generateBundle } from '../../src/bundle/generate/generate.ts';
import { compare } from '../../src/bundle/proof/compare.ts';
import { resolveBundle } from '../../src/bundle/proof/resolve-offline.ts';
import { createDatabricksStandIn } from '../../src/playground/databricks/stand-in.ts';
import { isObject, type Json, type JsonObject, parseJson } from '../../src/values/json.ts';
import { CLI } from '../located-cli.ts';
import { createBundleFolder } from '../playground/databricks/cli.ts';
import { sampleOf } from '../sample.ts';
import { HARD_CASES } from './case-hard.ts';
import { KIND_CASES } from './case-kinds.ts';
import { CASES, HOST } from './fixtures.ts';
import { seedLookups } from './seed-lookups.ts';

const ALL = Object.entries({ ...CASES, ...KIND_CASES, ...HARD_CASES });
/** What the CLI warns of over the untouched settings too. */
const INHERENT: Readonly<Record<string, RegExp>> = { 'task-unknown': /unknown field: (quantum_task|mood)/ };

const USER = 'ana@acme.example';

/** Written by the CLI alone: marks, and the defaults of what is absent. */
const OF_THE_CLI: readonly (readonly [string, Json | undefined])[] = [
  ['deployment', undefined],
  ['edit_mode', undefined],
  ['format', undefined],
  ['embed_credentials', false],
  ['parent_path', undefined],
  ['serialized_dashboard', undefined],
  ['max_concurrent_runs', 1],
  ['channel', 'CURRENT'],
  ['edition', 'ADVANCED'],
];

/** Resources as both write them: nothing that only the CLI adds (also what it grants whoever deploys), tasks by key. */
function plain(resolved: JsonObject): Json {
  const one = (resource: JsonObject): JsonObject => ({
    ...Object.fromEntries(
      Object.entries(resource).filter(
        ([key, value]) => !OF_THE_CLI.some(([name, of]) => name === key && (of === undefined || of === value)),
      ),
    ),
    ...(Array.isArray(resource.tasks) && { tasks: [...resource.tasks].sort((a, b) => (taskKey(a) < taskKey(b) ? -1 : 1)) }),
    ...(isObject(resource.schedule) && { schedule: { pause_status: 'UNPAUSED', ...resource.schedule } }),
    ...(Array.isArray(resource.permissions) && {
      permissions: resource.permissions.filter((grant) => !isObject(grant) || grant.user_name !== USER),
    }),
  });
  const groups = isObject(resolved.resources) ? Object.entries(resolved.resources) : [];
  return Object.fromEntries(
    groups.map(([type, group]) => [
      type,
      Object.fromEntries(
        (isObject(group) ? Object.entries(group) : []).map(([key, resource]) => [key, isObject(resource) ? one(resource) : resource]),
      ),
    ]),
  );
}

function taskKey(task: Json): string {
  return isObject(task) ? String(task.task_key) : '';
}

/** Tests that share a workspace in which every name is found. */
const test = base.extend('far', { scope: 'file' }, async ({}, { onCleanup }) => {
  const standIn = await createDatabricksStandIn();
  onCleanup(() => standIn.close());
  const ids = seedLookups(
    standIn.workspace,
    ALL.map(([, { definition }]) => definition),
  );
  return { host: { url: standIn.url, token: standIn.tokenFor(USER) }, ids };
});

describe.skipIf(CLI === undefined)('the real CLI takes', () => {
  test.for(sampleOf(ALL, 12))('%s', async ([name, one], { far: { host, ids } }) => {
    const bundle = generateBundle({ ...one, host: HOST });
    const wrong = bundle.diagnostics.some(({ level }) => level === 'error');
    const folder = createBundleFolder(Object.fromEntries(bundle.files.map(({ path, bytes }) => [path, Buffer.from(bytes).toString()])));
    for (const target of bundle.targets) {
      const ran = await folder.run(host, 'validate', '--strict', '-t', target, '-o', 'json');
      const warnings = ran.stderr.split('\n').filter((line) => /^(Warning|Error): /.test(line));
      const unexpected = warnings.filter((line) => INHERENT[name]?.test(line) !== true && !/ warnings? were found/.test(line));
      if (wrong) expect([target, ran.code]).toEqual([target, 1]);
      else expect([target, unexpected, ran.code === 0]).toEqual([target, [], INHERENT[name] === undefined]);
      if (wrong || INHERENT[name] !== undefined) continue;
      const theirs = parseJson(ran.stdout);
      const ours = resolveBundle(bundle.files, target, { userName: USER, ids });
      expect([target, plain(ours)]).toEqual([target, plain(isObject(theirs) ? theirs : {})]);
      for (const resolved of [ours, theirs]) {
        const proof = compare({ definition: one.definition, bundle, resolved: isObject(resolved) ? resolved : {}, target, judge: 'CLI' });
        expect([target, proof.entries.filter(({ verdict }) => verdict === 'lost')]).toEqual([target, []]);
      }
    }
  });
});
