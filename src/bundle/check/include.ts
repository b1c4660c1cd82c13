// `include` names files of the tree one by one, or all below `resources/`: another pattern could bring in what nobody has read.
import type { Json } from '../../values/json.ts';
import type { Diagnostic } from '../model/bundle.ts';

import { RESOURCE_FILES } from '../model/paths.ts';

const RESOURCE_FILE = /^resources\/[^/*?[\]{}\\]+\.yml$/;

/** Checks the value of `include` against the files that are there. */
export function checkInclude(include: Json | undefined, tree: ReadonlySet<string>): Diagnostic[] {
  const error = (message: string): Diagnostic => ({ level: 'error', place: 'databricks.yml: include', message });
  const listed = include === undefined ? [] : Array.isArray(include) ? include : undefined;
  if (listed === undefined) return [error('must be a list')];
  const found = listed.flatMap((entry: Json): Diagnostic[] => {
    if (entry === RESOURCE_FILES) return [];
    if (typeof entry !== 'string' || !RESOURCE_FILE.test(entry) || entry.includes('..') || entry.includes('${')) {
      return [error(`${JSON.stringify(String(entry))} is not the name of one file resources/….yml`)];
    }
    return tree.has(entry) ? [] : [error(`${entry} is not in the tree`)];
  });
  const names = new Set(listed.map(String));
  // The CLI's pattern looks into no folder below, and knows small letters only.
  const isListed = (path: string) => names.has(path) || (names.has(RESOURCE_FILES) && /^resources\/[^/]+\.yml$/.test(path));
  const unlisted = [...tree].filter((path) => /^resources\/.*\.ya?ml$/i.test(path) && !isListed(path));
  return [
    ...found,
    ...unlisted.map((path): Diagnostic => ({ level: 'warning', place: path, message: 'is not listed under include, so it does nothing' })),
  ];
}
