// What a run of a development copy reads and writes, by the code in the bundle and the values that its target gives: also what production writes to.
import { type Analysis, analyze } from '../../analysis/analyze.ts';
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
  /** What it is in production, where that is another one and all of both is known. */
  readonly instead?: string | undefined;
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
  const analyses: { file: BundleFile; analysis: Analysis }[] = [];
  for (const file of sources) {
    // Parsing holds the process: others have their turn between two sources.
    if (analyses.length > 0) await new Promise(setImmediate);
    analyses.push({ file, analysis: await analyze(sourceOfFile(file)) });
  }
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
      const [name, original] = [own.join('.'), productions.join('.')];
      const isMoved = production !== undefined && name !== original && own.length > 1 && !`${name}${original}`.includes('{');
      const instead = isMoved ? { instead: original } : {};
      const table = { name, ...instead, changes: isChange({ ...use, parts, line }), file: file.path, line };
      tables.push(table);
      const isKnown = own.length > 1 && !own.slice(0, -1).some((part) => part.includes('{'));
      const isFixed = !parts.slice(0, -1).some((part) => part.includes('{')) && parts.length > 1;
      if (table.changes && isKnown && (isFixed || name === original)) shared.push(table);
    }
  }
  return [...sharedFinding(shared), ...missingFinding(tables), ...lineFinding(tables)];
}

function sharedFinding(shared: readonly Table[]): Finding[] {
  if (shared.length === 0) return [];
  const places = [...new Map(shared.map((one) => [`${one.name} ${one.file}`, one])).values()];
  const named = places.map(({ name, file, line }) => `${code(name)} (${code(file)}, line ${line})`);
  const text = `A run of this copy changes ${counted(places.length, 'table', 'tables')} of production: ${listed(named)}. Ask me to make the schema a parameter there.`;
  return [{ rule: SHARED_TABLES, weight: 'warning', text }];
}

/** What a copy reads from where only it writes, and does not write. */
function missingFinding(tables: readonly Table[]): Finding[] {
  const changed = new Set(tables.flatMap(({ changes, name }) => (changes ? [name.toLowerCase()] : [])));
  const missing = tables.filter(({ changes, name, instead }) => !changes && instead !== undefined && !changed.has(name.toLowerCase()));
  if (missing.length === 0) return [];
  const named = [...new Map(missing.map(({ name, instead = '' }) => [name, `${code(name)} (production reads ${code(instead)})`])).values()];
  const text = `A run of this copy would read what nothing in this bundle fills: ${listed(named)}. Copy it there first, or ask me to read it from production by a parameter of its own.`;
  // Nothing is harmed by it: such a run ends with an error.
  return [{ rule: 'missing tables', weight: 'note', text }];
}

function lineFinding(tables: readonly Table[]): Finding[] {
  const changed = namesOf(tables.filter(({ changes }) => changes));
  const read = namesOf(tables.filter(({ changes, name }) => !changes && !changed.includes(name)));
  if (changed.length + read.length === 0) return [];
  const parts = [
    ...(read.length > 0 ? [`reads ${listed(read.map(code))}`] : []),
    ...(changed.length > 0 ? [`writes ${listed(changed.map(code))}`] : []),
  ];
  const own = tables.flatMap(({ name, changes, instead }) =>
    changes && instead !== undefined ? [name.slice(0, name.lastIndexOf('.'))] : [],
  );
  const schemas = [...new Set(own)].sort().map((schema) => code(`CREATE SCHEMA IF NOT EXISTS ${schema}`));
  const made = schemas.length === 0 ? '' : ` Where that schema is missing, make it: ${listed(schemas)}.`;
  return [{ rule: 'data', weight: 'note', text: `A run ${parts.join(' and ')}.${made}` }];
}

function namesOf(tables: readonly Table[]): string[] {
  return [...new Set(tables.map(({ name }) => name))].sort();
}

function filled(part: string, given: (name: string) => string | undefined): string {
  return part.replace(/\{([^{}]*)\}/g, (hole, name: string) => given(name.replace(/^.*\./, '').toLowerCase()) ?? hole);
}
