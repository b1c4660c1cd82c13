// Definitions of which some part is replaced or left out: each is refused in words or becomes a bundle, 10,000 of them where sweeps are whole.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of bundles, not of JavaScript
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { checkBundle } from '../../../src/bundle/check/check-bundle.ts';
import { generateBundle } from '../../../src/bundle/generate/generate.ts';
import { parseJob } from '../../../src/bundle/model/definition.ts';
import { UserError } from '../../../src/values/errors.ts';
import { isObject, type Json, stringifyJson } from '../../../src/values/json.ts';
import { fc } from '../../fast-check.ts';
import { SEED, WHOLE } from '../../sample.ts';
import { HARD_CASES } from '../case-hard.ts';
import { KIND_CASES } from '../case-kinds.ts';
import { HOST } from '../fixtures.ts';

const RUNS = WHOLE ? 10_000 : 1000;
/** Between parts vitest hears from its worker, which it gives up after a minute of silence. */
const A_PART = 250;
/** A busy machine takes minutes. */
const LONGEST_MS = 20 * 60_000;

/** A copy of a value with whatever stands at the `n`th place (mappings, lists and scalars counted alike) replaced or, for undefined, left out. */
function spoil(value: Json, n: number, by: Json | undefined): Json {
  let count = 0;
  const walk = (item: Json): Json | undefined => {
    if (count++ === n) return by;
    if (isObject(item)) return Object.fromEntries(Object.entries(item).flatMap(([key, one]) => pair(key, walk(one))));
    return Array.isArray(item) ? item.flatMap((one: Json) => walk(one) ?? []) : item;
  };
  const pair = (key: string, item: Json | undefined): [string, Json][] => (item === undefined ? [] : [[key, item]]);
  return walk(value) ?? null;
}

test(`${RUNS.toLocaleString('en')} spoilt definitions: each is refused in words or becomes a bundle`, { timeout: LONGEST_MS }, async () => {
  const originals = Object.values({ ...KIND_CASES, ...HARD_CASES }).map(({ definition }) => definition);
  const by = fc.oneof(
    fc.constantFrom(null, '', 0, [], {}, [null], { task: null }, true, undefined, '..', '${x}', '/', '-r ', 'a'),
    fc.jsonValue(),
  );
  let refused = 0;
  const holds = fc.property(fc.constantFrom(...originals), fc.nat({ max: 60 }), by, ({ settings, ...rest }, n, value) => {
    const text = stringifyJson({ job_id: 77, settings: spoil(settings, n, value as Json) });
    try {
      const bundle = generateBundle({ definition: { ...rest, ...parseJob(text) }, sources: [], host: HOST });
      if (bundle.diagnostics.every(({ level }) => level !== 'error'))
        expect(checkBundle(bundle.files).filter(({ level }) => level === 'error')).toEqual([]);
    } catch (error) {
      expect(error).toBeInstanceOf(UserError);
      expect((error as Error).message.length).toBeLessThan(500);
      refused++;
    }
  });
  for (let part = 0; part < RUNS / A_PART; part++) {
    fc.assert(holds, { numRuns: A_PART, seed: SEED + part });
    await setImmediate();
  }
  expect(refused).toBeGreaterThan(RUNS / 100);
});
