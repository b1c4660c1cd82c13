// Adds tests to a bundle (pytest over its configuration and its Python sources), and keeps them out of what a deploy uploads.
import { isObject, type JsonObject, objectOf, stringifyJson } from '../../values/json.ts';
import type { BundleFile } from '../model/bundle.ts';
import { parseYaml } from '../yaml/parse.ts';

const PATTERN = 'tests/**';

/** The files of the tests, the same for every bundle: where they go, and where whoever may read the disk finds them. */
export const TEST_FILES = ['conftest.py', 'requirements.txt', 'test_bundle.py', 'test_sources.py'].map((name) => ({
  path: `tests/${name}`,
  url: new URL(`./python/${name}`, import.meta.url),
}));

interface AddedTests {
  /** Files to write: those of the tests that are not there yet, and databricks.yml where it had to change. */
  readonly changes: readonly BundleFile[];
  /** Tests that somebody has changed, or put there under the same name: they stay. */
  readonly kept: readonly string[];
  /** Whether a deploy leaves them out. Where databricks.yml is laid out in a way that can't be changed for sure, it stays as it is, and a deploy uploads the tests as plain files. */
  readonly excluded: boolean;
}

/** @param tests what `TEST_FILES` names, read */
export function addTests(files: readonly BundleFile[], tests: readonly BundleFile[]): AddedTests {
  const there = new Map(files.map((file) => [file.path, file.bytes]));
  const added = tests.filter(({ path }) => !there.has(path));
  const kept = tests.filter(({ path, bytes }) => there.has(path) && Buffer.compare(bytes, there.get(path) ?? bytes) !== 0);
  const root = there.get('databricks.yml');
  const bytes = root === undefined ? undefined : withExclude(root);
  const yaml = bytes === undefined || bytes === root ? [] : [{ path: 'databricks.yml', bytes }];
  return { changes: [...added, ...yaml], kept: kept.map(({ path }) => path), excluded: bytes !== undefined };
}

/** The file with the tests under sync.exclude, every other byte as it was; undefined where that can't be done for sure. */
function withExclude(bytes: Uint8Array): Uint8Array | undefined {
  const before = parsed(bytes);
  if (before === undefined) return undefined;
  if (excludes(before)) return bytes;
  const text = new TextDecoder().decode(bytes);
  const lines = `  exclude:\n    - ${PATTERN}\n`;
  const after =
    'sync' in before
      ? text.replace(/^sync:[ \t]*\n/m, (line) => `${line}${lines}`)
      : text.replace(/^(?:#.*\n)*targets:/m, (found) => `sync:\n${lines}\n${found}`);
  const made = new TextEncoder().encode(after);
  const value = parsed(made);
  // Text was put in by its look: only what reads as exactly that change counts.
  return value !== undefined && excludes(value) && stringifyJson(withoutExclude(value)) === stringifyJson(withoutExclude(before))
    ? made
    : undefined;
}

function parsed(bytes: Uint8Array): JsonObject | undefined {
  const result = parseYaml(bytes);
  return result.ok && isObject(result.value) ? result.value : undefined;
}

function excludes({ sync }: JsonObject): boolean {
  return isObject(sync) && Array.isArray(sync.exclude) && sync.exclude.includes(PATTERN);
}

function withoutExclude({ sync, ...rest }: JsonObject): JsonObject {
  const { exclude: _exclude, ...others } = objectOf(sync);
  return { ...rest, sync: others };
}
