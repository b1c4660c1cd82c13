// Every definition of a corpus (jobs/get bodies in CORPUS_DIR/jobs) generates and passes the allow-list, or says what a bundle can't express.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkBundle } from '../../src/bundle/check/check-bundle.ts';
import { generateBundle } from '../../src/bundle/generate/generate.ts';
import { parseJob } from '../../src/bundle/model/definition.ts';
import { madeUp } from './case-kinds.ts';
import { HOST } from './fixtures.ts';

const corpus = process.env.CORPUS_DIR;
const folder = corpus === undefined ? undefined : join(corpus, 'jobs');
const names = folder === undefined ? [] : readdirSync(folder).filter((name) => name.endsWith('.json'));

test.runIf(folder !== undefined)('the corpus', () => {
  expect(names.length).toBeGreaterThan(0);
  const refused = names.filter((name) => {
    const definition = { ...parseJob(readFileSync(join(folder ?? '', name), 'utf8')), grants: [] };
    const bundle = generateBundle({ definition, sources: madeUp(definition), host: HOST });
    const inexpressible = bundle.diagnostics.some(({ level, place, message }) => level === 'error' && place !== '' && message !== '');
    if (!inexpressible) expect([name, checkBundle(bundle.files)]).toEqual([name, []]);
    expect([name, bundle.diagnostics.filter(({ message }) => message.includes('could not be read'))]).toEqual([name, []]);
    return inexpressible;
  });
  // 6 of the 332 that were collected; another corpus may have others, but not many.
  expect(refused.length / names.length, refused.join(' ')).toBeLessThan(0.05);
});
