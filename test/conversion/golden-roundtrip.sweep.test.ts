// Golden cases through the real CLI: generated, planned, deployed to each target, and what the workspace then answers compared.
import { describe, expect } from 'vitest';
import { checkBundle } from '../../src/bundle/check/check-bundle.ts';
import { generateBundle } from '../../src/bundle/generate/generate.ts';
import { HARD_CASES } from '../bundle/case-hard.ts';
import { KIND_CASES } from '../bundle/case-kinds.ts';
import { CASES, HOST } from '../bundle/fixtures.ts';
import { seedLookups, seedOriginals } from '../bundle/seed-lookups.ts';
import { CLI } from '../located-cli.ts';
import { sampleOf } from '../sample.ts';
import { roundtripTest as test } from './roundtrip-rig.ts';

const ALL = Object.entries({ ...CASES, ...KIND_CASES, ...HARD_CASES });
/** What the CLI warns of over the untouched settings too: a copy is made without it, production is not. */
const INHERENT: Readonly<Record<string, RegExp>> = { 'task-unknown': /unknown field: (quantum_task|mood)/ };

describe.skipIf(CLI === undefined)('deployed and equal', () => {
  test.for(sampleOf(ALL, 5))('%s', async ([name, one], { far }) => {
    const bundle = generateBundle({ ...one, host: HOST });
    if (bundle.diagnostics.some(({ level }) => level === 'error')) {
      expect(bundle.diagnostics.filter(({ level }) => level === 'error').map(({ place }) => place)).not.toContain('');
      expect(checkBundle(bundle.files)).not.toEqual([]);
      return;
    }
    expect(checkBundle(bundle.files)).toEqual([]);
    seedLookups(far.standIn.workspace, [one.definition]);
    // Of an adopted target the originals are there; a copy that runs would not be deployed beside one that does.
    if (Object.values(bundle.adoption).some((way) => way !== 'copy')) seedOriginals(far.standIn.workspace, one.definition);
    for (const target of bundle.targets) {
      if (name in INHERENT && target !== 'dev') {
        await expect(far.deploy(bundle, target)).rejects.toThrow('would leave out 3 settings of this bundle');
        continue;
      }
      const { differences, warnings } = await far.deploy(bundle, target);
      expect([target, differences]).toEqual([target, []]);
      expect([target, far.brokenPaths()]).toEqual([target, []]);
      expect(await far.replan(bundle, target)).toEqual([]);
      expect([target, warnings.filter((warning) => INHERENT[name]?.test(warning) !== true)]).toEqual([target, []]);
    }
  });
});
