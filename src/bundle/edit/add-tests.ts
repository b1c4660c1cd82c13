// Adds the generated tests to a bundle, and keeps them out of what a deploy uploads.

import { isObject, type JsonObject, stringifyJson } from '../../values/json.ts';
import type { BundleFile } from '../model/bundle.ts';
import { parseYaml } from '../yaml/parse.ts';
import { pythonTests, TESTS_FOLDER } from './python-tests.ts';

const PATTERN = `${TESTS_FOLDER}/**`;

export interface AddedTests {
  /** Files to write: those of the tests that are not there yet, and databricks.yml where it had to change. */
  readonly changes: readonly BundleFile[];
  /** Tests that somebody has changed, or put there under the same name: they stay. */
  readonly kept: readonly string[];
  /** Whether a deploy leaves them out; where databricks.yml is written in a way of its own it stays, and they are uploaded as four plain files. */
  readonly excluded: boolean;
}

export function addTests(files: readonly BundleFile[]): AddedTests {
  const there = new Map(files.map((file) => [file.path, file.bytes]));
  const tests = pythonTests();
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
  const { exclude: _exclude, ...others } = isObject(sync) ? sync : {};
  return { ...rest, sync: others };
}
