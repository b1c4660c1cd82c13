// The first card, of a development copy or of taking the job over, raises no alarm that the job does not deserve: over a corpus (CORPUS_DIR), or over our own definitions.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { generateBundle } from '../../../src/bundle/generate/generate.ts';
import type { Grant, JobDefinition, Source } from '../../../src/bundle/model/bundle.ts';
import { parseJob } from '../../../src/bundle/model/definition.ts';
import { resolveBundle } from '../../../src/bundle/proof/resolve-offline.ts';
import { diffOfPlan } from '../../../src/deployment/policy/diff-of-plan.ts';
import { headlineOf } from '../../../src/deployment/policy/headline.ts';
import type { Release } from '../../../src/deployment/policy/release-diff.ts';
import { startsByItself } from '../../../src/deployment/policy/rules-of-running.ts';
import { weigh } from '../../../src/deployment/policy/weigh.ts';
import { objectOf, objectsIn, parseJson } from '../../../src/values/json.ts';
import { HARD_CASES } from '../../bundle/case-hard.ts';
import { KIND_CASES, madeUp } from '../../bundle/case-kinds.ts';
import { CASES, HOST } from '../../bundle/fixtures.ts';
import { sampleOf } from '../../sample.ts';
import { firstPlanOf } from './plan-of.ts';

const corpus = process.env.CORPUS_DIR;
/** Whose copy it would be: nobody of those whom the definitions name. */
const USER = 'zoe@acme.example';

interface Case {
  readonly name: string;
  readonly definition: JobDefinition;
  readonly sources: readonly Source[];
}

function cases(): Case[] {
  if (corpus === undefined) return Object.entries({ ...CASES, ...KIND_CASES, ...HARD_CASES }).map(([name, one]) => ({ name, ...one }));
  const names = readdirSync(join(corpus, 'jobs')).filter((name) => name.endsWith('.json'));
  return names.map((name) => {
    const definition = {
      ...parseJob(readFileSync(join(corpus, 'jobs', name), 'utf8')),
      grants: grantsOf(join(corpus, 'permissions', name)),
    };
    return { name, definition, sources: madeUp(definition) };
  });
}

function grantsOf(path: string): Grant[] {
  if (!existsSync(path)) return [];
  return objectsIn(objectOf(parseJson(readFileSync(path, 'utf8'))).access_control_list).flatMap((entry) =>
    objectsIn(entry.all_permissions).flatMap(({ permission_level: level }): Grant[] => {
      const principal = (['user_name', 'group_name', 'service_principal_name'] as const).find((kind) => kind in entry);
      return principal === undefined ? [] : [{ principal, name: String(entry[principal]), level: String(level) }];
    }),
  );
}

function firstRelease({ definition, sources }: Case): Release | undefined {
  const bundle = generateBundle({ definition, sources: [...sources], host: HOST });
  if (bundle.diagnostics.some(({ level }) => level === 'error')) return undefined;
  const resolved = resolveBundle(bundle.files, 'dev', { userName: USER });
  const production = resolveBundle(bundle.files, 'prod', { userName: USER });
  const plan = firstPlanOf(resolved, USER);
  const copies = new Set(bundle.resources.flatMap(({ key, id }) => (id === undefined || id === '' ? [] : [key])));
  const diff = diffOfPlan(plan, { target: 'dev', environment: 'development' });
  return weigh(diff, { plan, resolved, production, originals: [], copies, main: bundle.resources[0]?.key });
}

/** The same of taking the job over in prod: its plan is that of a job that is there. */
function takingOver({ definition, sources }: Case): Release | undefined {
  const bundle = generateBundle({ definition, sources: [...sources], host: HOST, options: { adoption: { prod: 'bind' } } });
  const [main] = bundle.resources;
  if (main === undefined || bundle.diagnostics.some(({ level }) => level === 'error')) return undefined;
  const ids = new Map((definition.lookups ?? []).map(({ kind, id, name }) => [`${kind}:${name}`, id]));
  const resolved = resolveBundle(bundle.files, 'prod', { userName: USER, ids });
  const { plan: nodes } = firstPlanOf(resolved, USER);
  const node = `resources.jobs.${main.key}`;
  const remote = { ...definition.settings, job_id: definition.jobId, run_as_user_name: definition.runAs ?? '' };
  const plan = {
    lineage: 'l',
    plan: { ...objectOf(nodes), [node]: { ...objectOf(objectOf(nodes)[node]), action: 'update', remote_state: remote } },
  };
  const { resources, ...diff } = diffOfPlan(plan, { target: 'prod', environment: 'production' });
  const adopted = resources.map((one) => (one.key === main.key ? { ...one, action: 'adopt' as const, settings: [] } : one));
  const original = { key: main.key, id: definition.jobId, live: startsByItself(definition.settings), runAs: definition.runAs };
  const about = { plan, resolved, originals: [original], copies: new Set(bundle.resources.map(({ key }) => key)), main: main.key };
  return weigh({ ...diff, resources: adopted }, about);
}

/** What the first cards say beside their headline, by weight and rule; each with the definition that it is about. */
function saidOf(all: readonly Case[], releaseOf = firstRelease): { headlines: string[]; said: Map<string, string[]> } {
  const said = new Map<string, string[]>();
  const headlines = all.flatMap((one) => {
    const release = releaseOf(one);
    for (const { rule, weight, text } of release?.findings ?? []) {
      const kind = `${weight}: ${rule}`;
      said.set(kind, [...(said.get(kind) ?? []), `${one.name}: ${text}`]);
    }
    return release === undefined ? [] : [headlineOf(release)];
  });
  console.log(
    [`first cards of ${headlines.length}`, ...[...said].map(([kind, found]) => `${kind}, ${found.length} times; ${found[0]}`)].join('\n'),
  );
  return { headlines, said };
}

describe('the first card', () => {
  const chosen = sampleOf(cases(), 60);

  test('says what it is, and raises no alarm', () => {
    const { headlines, said } = saidOf(chosen);
    for (const headline of headlines) expect(headline).toMatch(/^Create your own (paused )?copy of .* Nothing that exists changes\.$/s);
    // What could not be read stays where it is, and that is said.
    const whole = new Set(
      chosen.flatMap(({ name, definition, sources }) => (sources.length < madeUp(definition).length ? [] : [`${name}:`])),
    );
    const alarms = [...said].flatMap(([kind, found]) => (kind.startsWith('note') ? [] : found));
    expect(alarms.filter((text) => whole.has(text.split(' ')[0] ?? ''))).toEqual([]);
  });

  test('names code that is not in the bundle, where it could not be read, and nothing else', () => {
    const { said } = saidOf(chosen.map((one) => ({ ...one, sources: [] })));
    expect([...said.keys()].filter((kind) => !/^(warning|note): foreign code$/.test(kind))).toEqual([]);
    expect(said.size).toBeGreaterThan(0);
  });

  test('is as calm where the job itself is taken over: nothing of it is new', () => {
    const { headlines, said } = saidOf(
      chosen.filter(({ definition }) => definition.jobId !== '' && definition.related === undefined),
      takingOver,
    );
    for (const headline of headlines) expect(headline).toMatch(/^Take over job \d+ in prod/);
    // Only that its code moves into the deployment.
    expect([...said.keys()].filter((kind) => kind !== 'note: moved code')).toEqual([]);
    expect(said.size).toBe(1);
  });
});
