// "Add a staging target": a copy of the target that is most like it.
import { isMap, isNode, Scalar, visit } from 'yaml';
import { readFiles, type Talk, ToolTrouble } from '../conversation/talk.ts';
import { type Editing, keysOf, mapAt, parseYaml, renderYaml, sendEdit } from './edit.ts';

const FILE = 'databricks.yml';
/** Words that stand before "target" without naming one. */
const NO_NAME = new Set([
  'a',
  'an',
  'the',
  'another',
  'new',
  'one',
  'more',
  'my',
  'our',
  'deploy',
  'deployment',
  'this',
  'that',
  'add',
  'default',
]);

/** The names of the targets that a message asks to add: "add a staging and a qa target", "add a target called qa". */
export function wantsTargets(text: string): string[] {
  const wanted =
    /\b(?:add|create|make|need|want|give|have)\b(?<before>[^.\n]*?)\b(?:targets?|environments?)\b(?:\s+(?:called|named|for)\s+(?<after>[^.\n?!]+))?/i.exec(
      text,
    );
  const names = wanted?.groups?.after ?? wanted?.groups?.before;
  if (names === undefined) return [];
  return names.split(/,|\band\b/i).flatMap((part) => {
    const words = part
      .replace(/["'`*]/g, '')
      .split(/\s+/)
      .filter((word) => word !== '' && !NO_NAME.has(word.toLowerCase()));
    return words.length === 1 && /^[a-z][\w-]{0,40}$/i.test(words[0] ?? '') ? [String(words[0]).toLowerCase()] : [];
  });
}

export function* addTarget(editing: Editing, name: string): Talk<void> {
  const before = (yield* readFiles(editing.bundle, [FILE], `I'll add a target \`${name}\`. First a look at \`${FILE}\`.`)).get(FILE) ?? '';
  const document = parseYaml(before);
  const targets = mapAt(document, ['targets']);
  const names = keysOf(targets);
  if (targets === undefined || names.length === 0) throw new ToolTrouble(`${FILE} has no targets that a new one could follow.`);
  if (names.includes(name)) throw new ToolTrouble(`The bundle already has a target ${name}; its targets are ${names.join(', ')}.`);
  const forWork = /dev|sandbox|test$/.test(name);
  const like = (forWork ? names.find((one) => /dev/.test(one)) : names.find((one) => /prod/.test(one))) ?? names.at(-1) ?? '';
  const model = targets.get(like, true);
  const copy = isNode(model) ? document.createNode(model.toJS(document)) : document.createNode({ mode: 'production' });
  if (mapAt(document, ['targets', like])?.has('default') === true)
    visit(copy, { Pair: (_, pair) => (isDefault(pair.key) ? visit.REMOVE : undefined) });
  // Each target has a folder of its own: that of its model with the last part called like it.
  const root = isMap(copy) ? copy.getIn(['workspace', 'root_path']) : undefined;
  if (isMap(copy) && typeof root === 'string') copy.setIn(['workspace', 'root_path'], root.replace(/\/[^/]+$/, `/${name}`));
  const at = Math.max(
    1,
    names.findIndex((one) => /prod/.test(one)),
  );
  targets.items.splice(forWork ? names.length : at, 0, document.createPair(name, copy));
  yield* sendEdit(editing, FILE, before, renderYaml(document));
  const mode = mapAt(document, ['targets', name])?.get('mode');
  editing.changes.push(
    `\`${FILE}\` has a new target \`${name}\`, modelled on \`${like}\`${typeof mode === 'string' ? ` (mode ${mode})` : ''}.`,
  );
  editing.notes.push(
    forWork
      ? 'In development mode the job gets a prefix and its schedule is paused.'
      : `In the same workspace the job of a new target has the same name as that of \`${like}\`, and its variables have the same values until you change them.`,
  );
}

function isDefault(key: unknown): boolean {
  return key === 'default' || (key instanceof Scalar && key.value === 'default');
}
