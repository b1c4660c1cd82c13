// What sources change, and by which parameters, beside what people have written at the head of each; half of them were labelled and left alone.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { analyze } from '../../src/analysis/analyze.ts';
import { hardCodedChanges, isChange, namedInSchemas, placeParameters } from '../../src/analysis/table-places.ts';
import type { Source } from '../../src/bundle/model/bundle.ts';
import { compare, type Labelled, labelledIn, sourceOf } from './labelled-sources.ts';

const LABELS = /^changes (.*); written by (.*); read by (.*)$/;
function labelOf(name: string, words: string): Labelled['label'] {
  const [whole, changes = '', written = '', read = ''] = LABELS.exec(words) ?? [];
  expect([name, whole]).not.toEqual([name, undefined]);
  const list = (what: string, all: string) => (all === 'none' ? [] : all.split(', ').map((word) => `${what} ${word}`));
  return new Set([...list('changes', changes), ...list('written by', written), ...list('read by', read)]);
}

/** The labels of the playground's own sources stand in one file. */
function inDemo(): Labelled[] {
  const workspace = join(import.meta.dirname, '../../src/playground/workspace');
  const all = readdirSync(workspace, { recursive: true, encoding: 'utf8' }).filter((path) => /\.(?:py|sql|ipynb)$/.test(path));
  const lines = readFileSync(join(import.meta.dirname, 'labelled/demo.txt'), 'utf8')
    .trimEnd()
    .split('\n');
  const labels = new Map(lines.map((line) => line.split(': ', 2) as [string, string]));
  expect([...labels.keys()].sort()).toEqual(all.sort());
  return [...labels].map(([name, words]) => {
    return { name, source: sourceOf(name, readFileSync(join(workspace, name), 'utf8')), label: labelOf(name, words) };
  });
}

async function find(source: Source) {
  const analysis = await analyze(source);
  const by = (what: string, change: boolean) =>
    analysis.named.filter((table) => isChange(table) === change).flatMap((table) => placeParameters(table).map((one) => `${what} ${one}`));
  const changes = hardCodedChanges(analysis).map(({ parts, line }) => `changes ${parts.join('.')}@${line}`);
  return new Set([...changes, ...by('written by', true), ...by('read by', false)]);
}

it('finds in known sources what is written at their heads', async () => {
  expect((await compare(labelledIn('labelled/known', labelOf), find)).wrong).toEqual([]);
});

it('finds most of it in sources that it was not made for', async () => {
  const { wrong, precision, recall } = await compare(labelledIn('labelled/held-out', labelOf), find);
  // Names out of a dictionary, and a name that is chosen by a condition: that catalog is at least not called hard-coded.
  expect(new Set(wrong.map((one) => one.split(':')[0]))).toEqual(new Set(['by_environment.py', 'two_stages.py']));
  expect(wrong.filter((one) => one.includes('found changes'))).toEqual([]);
  expect(precision).toBeGreaterThan(0.85);
  expect(recall).toBeGreaterThan(0.8);
});

it('finds all that the playground writes to tables by their whole names, and nothing else', async () => {
  expect((await compare(inDemo(), find)).wrong).toEqual([]);
});

it('says how people who run a program may give what it names tables by', async () => {
  const code = `parser = argparse.ArgumentParser()
parser.add_argument("-s", "--schema")
parser.add_argument("--out-name", dest="name")
parser.add_argument("-c", dest="catalog")
parser.add_argument("day")
args = parser.parse_args()
mode = sys.argv[2]
spark.table(f"{args.catalog}.{args.schema}.{args.name}_{args.day}_{mode}")
`;
  const [named] = namedInSchemas(await analyze(sourceOf('load.py', code)));
  expect(named?.parts).toEqual(['{catalog|-c}', '{schema|-s}', '{out_name}_{day|#1}_{mode|argv2}']);
});
