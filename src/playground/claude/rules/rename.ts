// "Rename the bundle to x", "rename the job to y".
import { readFiles, type Talk, ToolTrouble } from '../conversation/talk.ts';
import { type Editing, keysOf, mapAt, parseYaml, renderYaml, sendEdit } from './edit.ts';
import { resourceFiles } from './serverless.ts';

interface Renaming {
  readonly what: 'bundle' | 'job';
  readonly to: string;
}

export function wantsRename(text: string): Renaming | undefined {
  const found =
    /\b(?:rename|call|name)\s+(?:the\s+|this\s+)?(bundle|job|it)\s+(?:to\s+|as\s+)?["'`“*_]*([^"'`”*_\n.?!]{1,100}?)["'`”*_]*\s*(?:[.?!]|$|\n| please)/i.exec(
      text,
    );
  if (found === null) return undefined;
  return { what: found[1]?.toLowerCase() === 'bundle' ? 'bundle' : 'job', to: (found[2] ?? '').trim() };
}

export function* rename(editing: Editing, { what, to }: Renaming): Talk<void> {
  yield* what === 'bundle' ? renameBundle(editing, to) : renameJob(editing, to);
}

function* renameBundle(editing: Editing, to: string): Talk<void> {
  const path = 'databricks.yml';
  if (!/^[\w-]+$/.test(to)) throw new ToolTrouble('The name of a bundle is part of a path: use letters, digits, - and _ only.');
  const before = (yield* readFiles(editing.bundle, [path], `I'll rename the bundle to \`${to}\`.`)).get(path) ?? '';
  const document = parseYaml(before);
  document.setIn(['bundle', 'name'], to);
  yield* sendEdit(editing, path, before, renderYaml(document));
  editing.changes.push(`The bundle is called \`${to}\` (\`${path}\`).`);
  editing.notes.push('A bundle with another name deploys to another folder: what an earlier name deployed stays where it is.');
}

function* renameJob(editing: Editing, to: string): Talk<void> {
  const paths = yield* resourceFiles(editing, `I'll rename the job to “${to}”.`);
  for (const [path, before] of yield* readFiles(editing.bundle, paths)) {
    const document = parseYaml(before);
    const [key, ...others] = keysOf(mapAt(document, ['resources', 'jobs']));
    if (key === undefined) continue;
    if (others.length > 0 || paths.length > 1)
      throw new ToolTrouble('The bundle has several jobs, and the offline Claude renames only the job of a bundle with one.');
    document.setIn(['resources', 'jobs', key, 'name'], to);
    yield* sendEdit(editing, path, before, renderYaml(document));
    editing.changes.push(`The job is called “${to}” (\`${path}\`).`);
    return;
  }
  throw new ToolTrouble('The bundle has no job.');
}
