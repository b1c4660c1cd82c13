// `include` names its files one by one: a pattern or a path out of the tree could bring in what nobody has read.
import type { Json } from '../../values/json.ts';
import type { Diagnostic } from '../model/bundle.ts';

const RESOURCE_FILE = /^resources\/[^/*?[\]{}\\]+\.yml$/;

/** Checks the value of `include` against the files that are there. */
export function checkInclude(include: Json | undefined, tree: ReadonlySet<string>): Diagnostic[] {
  const error = (message: string): Diagnostic => ({ level: 'error', place: 'databricks.yml: include', message });
  const listed = include === undefined ? [] : Array.isArray(include) ? include : undefined;
  if (listed === undefined) return [error('must be a list')];
  const found = listed.flatMap((entry: Json): Diagnostic[] => {
    if (typeof entry !== 'string' || !RESOURCE_FILE.test(entry) || entry.includes('..') || entry.includes('${')) {
      return [error(`${JSON.stringify(String(entry))} is not the name of one file resources/….yml`)];
    }
    return tree.has(entry) ? [] : [error(`${entry} is not in the tree`)];
  });
  const names = new Set(listed.map(String));
  const unlisted = [...tree].filter((path) => /^resources\/.*\.ya?ml$/i.test(path) && !names.has(path));
  return [
    ...found,
    ...unlisted.map((path): Diagnostic => ({ level: 'warning', place: path, message: 'is not listed under include, so it does nothing' })),
  ];
}
