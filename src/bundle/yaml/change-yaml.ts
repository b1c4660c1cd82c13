// Changes values of a YAML text and leaves the rest as somebody wrote it, comments included.
import { isMap, isScalar, parseDocument } from 'yaml';
import type { Json } from '../../values/json.ts';
import { LINEAR } from './parse.ts';

export interface YamlChange {
  /** The keys that lead to it from the root. */
  readonly at: readonly string[];
  /** Undefined takes it away, and what is empty without it. */
  readonly value: Json | undefined;
}

/** The text must be one that `parseYaml` takes. `comment` stands before the key that its path leads to, in the place of what stood there. */
export function changeYaml(
  text: string,
  changes: readonly YamlChange[],
  comment?: { readonly at: readonly string[]; readonly text: string },
): string {
  const document = parseDocument(text, LINEAR);
  for (const { at, value } of changes) {
    if (value !== undefined) {
      document.setIn(at, document.createNode(value));
      continue;
    }
    if (!document.hasIn(at)) continue;
    document.deleteIn(at);
    for (let depth = at.length - 1; depth > 0; depth--) {
      const above = document.getIn(at.slice(0, depth));
      if (!isMap(above) || above.items.length > 0) break;
      document.deleteIn(at.slice(0, depth));
    }
  }
  if (comment === undefined) return document.toString({ lineWidth: 0 });
  const holder = document.getIn(comment.at.slice(0, -1));
  const pair = isMap(holder) ? holder.items.find(({ key }) => isScalar(key) && key.value === comment.at.at(-1)) : undefined;
  if (pair !== undefined && isScalar(pair.key)) pair.key.commentBefore = ` ${comment.text}`;
  return document.toString({ lineWidth: 0 });
}
