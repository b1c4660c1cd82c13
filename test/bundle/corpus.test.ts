// Every definition of a corpus (jobs/get bodies in CORPUS_DIR/jobs) generates and passes the allow-list, or says what a bundle can't express.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkBundle } from '../../src/bundle/check.ts';
import { parseJob } from '../../src/bundle/definition.ts';
import { generateBundle } from '../../src/bundle/generate.ts';
import { allSources, HOST } from './fixtures.ts';

const corpus = process.env.CORPUS_DIR;
const folder = corpus === undefined ? undefined : join(corpus, 'jobs');
const names = folder === undefined ? [] : readdirSync(folder).filter((name) => name.endsWith('.json'));

test.runIf(folder !== undefined)('the corpus', () => {
  expect(names.length).toBeGreaterThan(0);
  for (const name of names) {
    const definition = parseJob(readFileSync(join(folder ?? '', name), 'utf8'));
    const bundle = generateBundle({ definition, sources: allSources(definition), host: HOST });
    const inexpressible = bundle.diagnostics.some(({ level }) => level === 'error');
    if (!inexpressible) expect([name, checkBundle(bundle.files)]).toEqual([name, []]);
  }
});
