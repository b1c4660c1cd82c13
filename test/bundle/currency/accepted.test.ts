// The newest models take every resource that is generated, but for those of which the tables say why.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BUNDLES } from '../../../src/bundle/currency/bundle-models.ts';
import { createClassify } from '../../../src/bundle/currency/classify.ts';
import { generateBundle } from '../../../src/bundle/generate/generate.ts';
import type { JobDefinition, Source } from '../../../src/bundle/model/bundle.ts';
import { parseJob } from '../../../src/bundle/model/definition.ts';
import { leavesOf } from '../../../src/bundle/model/leaves.ts';
import { configurationOf } from '../../../src/bundle/yaml/describe-tree.ts';
import { objectOf, stringifyJson } from '../../../src/values/json.ts';
import { HARD_CASES } from '../case-hard.ts';
import { KIND_CASES, madeUp } from '../case-kinds.ts';
import { CASES, HOST } from '../fixtures.ts';

const ACCEPT = join(import.meta.dirname, '..', '..', 'models', 'accept.py');
const VERSION = 'import importlib.metadata; print(importlib.metadata.version("databricks-bundles"))';
const hasPackage = spawnSync('python3', ['-c', VERSION], { encoding: 'utf8' }).stdout?.trim() === BUNDLES.version;
const corpus = process.env.CORPUS_DIR;

if (!hasPackage) console.warn('*** No python3 with databricks-bundles here: whether the newest models take what is generated is skipped.');

test.runIf(hasPackage)('cases of every kind', () => {
  const { refused, explained } = judged({ ...CASES, ...HARD_CASES, ...KIND_CASES });
  expect([...refused.keys()].sort()).toEqual([...explained.keys()].sort());
  expect(explained.size).toBeLessThan(6);
});

test.runIf(hasPackage && corpus !== undefined)('the corpus', () => {
  const folder = join(corpus ?? '', 'jobs');
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  const { refused, explained } = judged(
    Object.fromEntries(
      names.map((name) => {
        const definition: JobDefinition = { ...parseJob(readFileSync(join(folder, name), 'utf8')), grants: [] };
        return [name, { definition, sources: madeUp(definition) }];
      }),
    ),
  );
  expect([...refused.keys()].sort()).toEqual([...explained.keys()].sort());
  // 8 of the 332 that were collected: a provider of Git in small letters, and where a job came from.
  expect(explained.size / names.length, [...explained].join('\n')).toBeLessThan(0.05);
});

/** By resource: why the models refuse it, and what the tables say of it. */
function judged(cases: Readonly<Record<string, { readonly definition: JobDefinition; readonly sources: readonly Source[] }>>) {
  const classify = createClassify(undefined);
  const resources = Object.entries(cases).flatMap(([name, { definition, sources }]) =>
    configurationOf(generateBundle({ definition, sources, host: HOST }).files).flatMap(({ value }) =>
      (['jobs', 'pipelines', 'dashboards'] as const).flatMap((type) =>
        Object.entries(objectOf(objectOf(value.resources)[type])).map(([key, one]) => ({
          name: `${name} ${type}.${key}`,
          type,
          value: objectOf(one),
        })),
      ),
    ),
  );
  expect(resources.length).toBeGreaterThanOrEqual(Object.keys(cases).length);
  const input = resources.map(({ type, value }) => `${stringifyJson({ type, value })}\n`).join('');
  const { status, stdout, stderr } = spawnSync('python3', ['-B', ACCEPT], { input, encoding: 'utf8', maxBuffer: 8_000_000 });
  expect([status, stderr]).toEqual([0, '']);
  const said = stdout
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as [number, string]);
  const refused = new Map(said.map(([number, why]) => [resources[number]?.name ?? '', why]));
  const explained = new Map(
    resources.flatMap(({ name, type, value }) => {
      const whys = [...leavesOf(value).values()].flatMap((leaf) => {
        const { why } = String(leaf.value).startsWith('${') ? {} : classify(type, leaf);
        return why === undefined ? [] : [`${leaf.place} ${why}`];
      });
      return whys.length === 0 ? [] : [[name, whys.join(', ')] as const];
    }),
  );
  return { refused, explained };
}
