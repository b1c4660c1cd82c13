// Editing a YAML file of a bundle through the tools: read, change the tree, send the smallest passage that differs.
import { type Document, isMap, isScalar, parseDocument, type YAMLMap } from 'yaml';
import { askOne, type Talk, ToolTrouble, value } from '../conversation/talk.ts';

/** What several edits of one request share: the newest bundle. */
export interface Editing {
  bundle: string;
  /** Sentences about what changed, for the answer. */
  readonly changes: string[];
  /** Sentences about what the person should know. */
  readonly notes: string[];
}

export function parseYaml(text: string): Document {
  return parseDocument(text, { intAsBigInt: true });
}

export function renderYaml(document: Document): string {
  return document.toString({ lineWidth: 0, indentSeq: true, flowCollectionPadding: false });
}

/** A mapping at a path of keys; undefined where there is none. */
export function mapAt(document: Document, path: readonly string[]): YAMLMap | undefined {
  const node = path.length === 0 ? document.contents : document.getIn(path);
  return isMap(node) ? node : undefined;
}

/** The keys of a mapping, in their order. */
export function keysOf(map: YAMLMap | undefined): string[] {
  return (map?.items ?? []).map((pair) => String(isScalar(pair.key) ? pair.key.value : pair.key));
}

/** Sends one edit; the editing goes on with the bundle that it answers. */
export function* sendEdit(editing: Editing, path: string, before: string, after: string): Talk<void> {
  if (before === after) throw new ToolTrouble(`${path} already is as you ask.`);
  const answer = yield* askOne('edit_bundle_file', { bundle_id: editing.bundle, path, ...passage(before, after) });
  const made = value(answer, 'bundle_id');
  if (made === undefined) throw new ToolTrouble('The edit answered no new bundle.');
  editing.bundle = made;
}

/** The lines that differ, with as many lines around them as it takes to stand in the file once; else the whole file. */
function passage(before: string, after: string): Record<string, string> {
  const [old, now] = [before.split('\n'), after.split('\n')];
  let start = 0;
  while (start < old.length - 1 && start < now.length - 1 && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < Math.min(old.length, now.length) - start - 1 && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  for (let around = 0; around < 6; around += 1) {
    const [from, to] = [Math.max(0, start - around), Math.max(0, end - around)];
    const old_text = old.slice(from, old.length - to).join('\n');
    if (old_text !== '' && before.split(old_text).length === 2) return { old_text, new_text: now.slice(from, now.length - to).join('\n') };
  }
  return { content: after };
}
