// What the file commands of `%fs` and `%sh` change in storage.
import { addPath, type Facts } from './source/facts.ts';
import { LIMITS } from './source/limits.ts';
import { spend } from './source/stretches.ts';

/** Where a shell sees storage; all else is the cluster's own disk. */
const MOUNTED = /^\/(?:dbfs|Volumes|Workspace)\//;
const WORD = /"([^"]{0,1000})"|'([^']{0,1000})'|([^\s"']+)/g;
/** Which of the paths behind a command it changes. */
const COMMANDS: Readonly<Record<string, 'all' | 'first' | 'last'>> = {
  ...{ rm: 'all', rmdir: 'all', mv: 'all', touch: 'all', tee: 'all' },
  // `put PATH "text"`.
  ...{ cp: 'last', put: 'first' },
};

/** `isShell`: `%sh`, where a path is one of the cluster's disk unless it says otherwise; `%fs` means storage. */
export function readFileCommands({ text, line }: { readonly text: string; readonly line: number }, facts: Facts, isShell: boolean): void {
  for (const [index, whole] of text.split('\n').entries()) {
    spend(1 + whole.length / 50);
    facts.lineOf = () => line + index;
    for (const command of whole.slice(0, LIMITS.lineLength).split(/&&|\|\|?|;/)) readCommand(command, facts, isShell);
  }
}

function readCommand(command: string, facts: Facts, isShell: boolean): void {
  const words = [...command.matchAll(WORD)].map(([, double, single, bare = '']) => double ?? single ?? bare);
  const [name = '', ...others] = words.filter((word) => word !== 'sudo');
  const at = others.findIndex((word) => word.startsWith('>'));
  const target = at < 0 ? undefined : others[at]?.replace(/^>+/, '') || others[at + 1];
  const isPath = (path: string) => (isShell ? MOUNTED.test(path) : /^(?:\w+:)?\//.test(path));
  const paths = (at < 0 ? others : others.slice(0, at)).filter((word) => !word.startsWith('-'));
  const use = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  const changed = use === 'all' ? paths : use === 'first' ? paths.slice(0, 1) : use === 'last' ? paths.slice(-1) : [];
  for (const path of changed) if (isPath(path)) addPath(facts, path, 'written');
  if (isShell && target !== undefined && isPath(target)) addPath(facts, target, 'written');
}
