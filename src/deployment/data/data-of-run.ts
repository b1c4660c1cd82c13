// What a run of a development copy reads and writes, by the code in the bundle and the values that its target gives: also what production writes to.
import { analyze } from '../../analysis/analyze.ts';
import { isChange } from '../../analysis/table-places.ts';
import type { BundleFile } from '../../bundle/model/bundle.ts';
import { sourceOfFile } from '../../bundle/model/notebooks.ts';
import type { JsonObject } from '../../values/json.ts';
import { code, counted, listed } from '../policy/phrases.ts';
import { type Finding, SHARED_TABLES } from '../policy/release-diff.ts';
import { valuesGiven } from './values-given.ts';

/** Sources that are looked at: each is parsed. */
const MOST_SOURCES = 200;
const CODE = /\.(?:py|sql|scala|r|ipynb)$/i;

interface Table {
  readonly name: string;
  readonly changes: boolean;
  readonly file: string;
  readonly line: number;
}

/** `resolved` and `production` are resolved configurations; without the latter only what is written down counts as production's. */
export async function dataOfRun(
  files: readonly BundleFile[],
  resolved: JsonObject,
  production: JsonObject | undefined,
): Promise<Finding[]> {
  const sources = files.filter(({ path }) => CODE.test(path) && path.startsWith('src/')).slice(0, MOST_SOURCES);
  const analyses = await Promise.all(sources.map(async (file) => ({ file, analysis: await analyze(sourceOfFile(file)) })));
  const [here, there] = [resolved, production ?? {}].map((one) => valuesGiven(one));
  if (here === undefined || there === undefined) return [];
  const tables: Table[] = [];
  const shared: Table[] = [];
  for (const { file, analysis } of analyses) {
    const defaults = new Map(
      analysis.widgets.flatMap(({ name, default: value }) => (value === undefined ? [] : [[name.toLowerCase(), value]])),
    );
    for (const { parts, line, ...use } of analysis.named) {
      const [own, productions] = [here, there].map(({ of, pipeline }) => {
        const before = analysis.kind === 'pipeline (DLT)' && parts.length === 1 ? pipeline : [];
        const values = of(file);
        const all = [...before, ...parts.map((part) => filled(part, (name) => values.get(name) ?? defaults.get(name)))];
        // A parameter may hold a whole name.
        return all.length === 1 && /^\w+(?:\.\w+){1,2}$/.test(all[0] ?? '') ? (all[0] ?? '').split('.') : all;
      });
      if (own === undefined || productions === undefined) continue;
      const table = { name: own.join('.'), changes: isChange({ ...use, parts, line }), file: file.path, line };
      tables.push(table);
      const isKnown = own.length > 1 && !own.slice(0, -1).some((part) => part.includes('{'));
      const isFixed = !parts.slice(0, -1).some((part) => part.includes('{')) && parts.length > 1;
      if (table.changes && isKnown && (isFixed || own.join('.') === productions.join('.'))) shared.push(table);
    }
  }
  return [...sharedFinding(shared), ...lineFinding(tables)];
}

function sharedFinding(shared: readonly Table[]): Finding[] {
  if (shared.length === 0) return [];
  const places = [...new Map(shared.map((one) => [`${one.name} ${one.file}`, one])).values()];
  const named = places.map(({ name, file, line }) => `${code(name)} (${code(file)}, line ${line})`);
  const text = `A run of this copy changes ${counted(places.length, 'table', 'tables')} of production: ${listed(named)}. Ask me to make the schema a parameter there.`;
  return [{ rule: SHARED_TABLES, weight: 'warning', text }];
}

function lineFinding(tables: readonly Table[]): Finding[] {
  const changed = namesOf(tables.filter(({ changes }) => changes));
  const read = namesOf(tables.filter(({ changes, name }) => !changes && !changed.includes(name)));
  if (changed.length + read.length === 0) return [];
  const parts = [
    ...(read.length > 0 ? [`reads ${listed(read.map(code))}`] : []),
    ...(changed.length > 0 ? [`writes ${listed(changed.map(code))}`] : []),
  ];
  return [{ rule: 'data', weight: 'note', text: `A run ${parts.join(' and ')}.` }];
}

function namesOf(tables: readonly Table[]): string[] {
  return [...new Set(tables.map(({ name }) => name))].sort();
}

function filled(part: string, given: (name: string) => string | undefined): string {
  return part.replace(/\{([^{}]*)\}/g, (hole, name: string) => given(name.replace(/^.*\./, '').toLowerCase()) ?? hole);
}
