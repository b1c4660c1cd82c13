// Definitions of a corpus (CORPUS_DIR/jobs) through a workspace and the real CLI: read, generated, proven, deployed to prod and dev, compared.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { checkBundle } from '../../src/bundle/check/check-bundle.ts';
import { generateBundle } from '../../src/bundle/generate/generate.ts';
import type { Bundle } from '../../src/bundle/model/bundle.ts';
import { parseJob } from '../../src/bundle/model/definition.ts';
import { compare } from '../../src/bundle/proof/compare.ts';
import { readJobWhole } from '../../src/conversion/read-job.ts';
import { UserError } from '../../src/values/errors.ts';
import { ANA } from '../deployment/rig.ts';
import { CLI } from '../located-cli.ts';
import { sampleOf } from '../sample.ts';
import { type Far, roundtripTest as test } from './roundtrip-rig.ts';

const corpus = process.env.CORPUS_DIR;
const jobsDir = join(corpus ?? '', 'jobs');
const ready = corpus !== undefined && CLI !== undefined;
if (!ready) process.stdout.write('SKIPPED: the corpus through the real CLI, because CORPUS_DIR is not set or there is no CLI.\n');

/** The CLI waits for the workspace most of the time, so more than there are cores here. */
const AT_ONCE = 3;
const LONGEST_MS = 45 * 60_000;

type Outcome = { readonly equal: true; readonly warned: boolean } | { readonly inexpressible: string } | { readonly wrong: string };

test.runIf(ready)(
  'every definition that a bundle can express is deployed and equal, its grants too, and a second plan is empty',
  async ({ trip }) => {
    const waiting = [
      ...sampleOf(
        readdirSync(jobsDir).filter((name) => name.endsWith('.json')),
        8,
      ),
    ];
    const total = waiting.length;
    const outcomes = new Map<string, Outcome>();
    const started = Date.now();
    // A workspace for each of those at work: copies of one definition must not be in the way of another's names.
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        await using far = await trip.workspace({ jobsDir });
        const { workspace } = far.standIn;
        const there = [workspace.jobs, workspace.pipelines, workspace.dashboards].map((of) => ({ of, ids: new Set(of.keys()) }));
        for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
          const { jobId } = parseJob(readFileSync(join(jobsDir, name), 'utf8'));
          outcomes.set(name, await roundtrip(far, jobId));
          for (const { of, ids } of there) for (const id of of.keys()) if (!ids.has(id)) of.delete(id);
          workspace.files.remove(`/Users/${ANA}/.bundle`);
        }
      }),
    );

    const told = (key: 'inexpressible' | 'wrong') =>
      [...outcomes].flatMap(([name, outcome]) => (key in outcome ? [`${name}: ${Object.values(outcome)[0]}`] : [])).sort();
    const equal = [...outcomes.values()].filter((outcome) => 'equal' in outcome);
    const warned = equal.filter(({ warned }) => warned).length;
    const inexpressible = told('inexpressible');
    console.log(
      [
        `round trip: ${equal.length} of ${total} deployed to prod and dev and equal (${warned} with a warning that their settings bring along), ` +
          `${inexpressible.length} can't be expressed, in ${Math.round((Date.now() - started) / 1000)} s`,
        ...inexpressible,
      ].join('\n'),
    );
    expect(total).toBeGreaterThan(0);
    expect(told('wrong')).toEqual([]);
    // A small sample may hold one.
    expect(inexpressible.length).toBeLessThan(Math.max(2, 0.05 * total));
  },
  LONGEST_MS,
);

function withoutPlace(warning: string): string {
  return warning.replace(/ \(at .*\)$/, '');
}

async function roundtrip(far: Far, jobId: string): Promise<Outcome> {
  const read = await readJobWhole(far.workspace, { jobId, depth: 1, git: 'keep', evenIfOwned: () => true });
  if (read.kind !== 'read') return { wrong: read.kind };
  const made = generateBundle({ ...read, host: far.standIn.url });
  // As in another workspace: no copy is deployed unpaused beside an original that runs.
  const bundle: Bundle = { ...made, resources: made.resources.map(({ type, key }) => ({ type, key })) };
  const refused = bundle.diagnostics.filter(({ level }) => level === 'error');
  if (refused.length > 0) return { inexpressible: refused.map(({ place, message }) => `${place}: ${message}`).join('; ') };
  const broken = checkBundle(bundle.files);
  if (broken.length > 0) return { wrong: JSON.stringify(broken) };
  try {
    const { resolved } = await far.validate(bundle, 'prod');
    const proof = compare({ definition: read.definition, bundle, resolved, target: 'prod', judge: 'CLI' });
    const lost = proof.entries.filter(({ verdict }) => verdict === 'lost');
    const { differences, warnings } = await far.deploy(bundle, 'prod');
    const inherent = warnings.length === 0 ? [] : (await far.inherentWarnings(read.definition.settings)).map(withoutPlace);
    const added = warnings.filter((warning) => !inherent.includes(withoutPlace(warning)));
    const dev = (await far.deploy(bundle, 'dev')).differences;
    const again = [...(await far.replan(bundle, 'prod')), ...(await far.replan(bundle, 'dev'))];
    const found = [...lost, ...differences, ...added, ...dev, ...again, ...far.brokenPaths()];
    if (found.length === 0) return { equal: true, warned: warnings.length > 0 };
    return { wrong: JSON.stringify(found, (_key, value) => (typeof value === 'bigint' ? String(value) : value)) };
  } catch (error) {
    if (error instanceof UserError) return { wrong: error.message };
    throw error;
  }
}
