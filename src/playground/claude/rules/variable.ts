// "Set catalog to main_test in staging": a variable's value in one target, or its default.
import { isMap } from 'yaml';
import { readFiles, type Talk, ToolTrouble } from '../conversation/talk.ts';
import { type Editing, keysOf, mapAt, parseYaml, renderYaml, sendEdit } from './edit.ts';

interface Setting {
  readonly name: string;
  readonly value: string;
  readonly target?: string;
}

const FILE = 'databricks.yml';

export function wantsVariable(text: string): Setting | undefined {
  const found =
    /\b(?:set|change|make|use)\s+(?:the\s+)?(?:variable\s+|value of\s+)?["'`*]*([a-z]\w*)["'`*]*\s*(?:to|=|as|be)\s*["'`*]*([^\s"'`*]+?)["'`*]*(?:\s+(?:in|for|on)\s+(?:the\s+|target\s+)*["'`*]*([\w-]+)["'`*]*(?:\s+target)?)?\s*(?:[.!]|$|\n| please)/i.exec(
      text,
    );
  if (found === null) return undefined;
  const [, name = '', value = '', target] = found;
  return { name, value, ...(target === undefined ? {} : { target }) };
}

export function* setVariable(editing: Editing, { name, value, target }: Setting): Talk<void> {
  const before =
    (yield* readFiles(editing.bundle, [FILE], `I'll set \`${name}\`${target === undefined ? '' : ` in \`${target}\``}.`)).get(FILE) ?? '';
  const document = parseYaml(before);
  const variables = keysOf(mapAt(document, ['variables']));
  const targets = keysOf(mapAt(document, ['targets']));
  if (!variables.includes(name)) {
    throw new ToolTrouble(
      `The bundle has no variable ${name}; ${variables.length === 0 ? 'it has none at all' : `it has ${variables.join(', ')}`}.`,
    );
  }
  if (target === undefined) {
    document.setIn(['variables', name, 'default'], value);
  } else {
    if (!targets.includes(target)) throw new ToolTrouble(`The bundle has no target ${target}; it has ${targets.join(', ')}.`);
    // `dev:` may stand there with nothing in it.
    if (mapAt(document, ['targets', target]) === undefined) document.setIn(['targets', target], document.createNode({}));
    if (!isMap(document.getIn(['targets', target, 'variables']))) document.setIn(['targets', target, 'variables'], document.createNode({}));
    document.setIn(['targets', target, 'variables', name], value);
  }
  yield* sendEdit(editing, FILE, before, renderYaml(document));
  editing.changes.push(`\`${name}\` is \`${value}\` ${target === undefined ? 'by default' : `in target \`${target}\``} (\`${FILE}\`).`);
}
