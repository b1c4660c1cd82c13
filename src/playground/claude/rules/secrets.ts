// "Replace the secrets with scope etl": every masked secret becomes a reference to a secret scope.
import { askOne, readFiles, section, type Talk, ToolTrouble, unquote } from '../conversation/talk.ts';
import { type Editing, sendEdit } from './edit.ts';
import { verdict } from './make-bundle.ts';

/** Files that this rule looks through; a bundle of a demo has few. */
const MOST_FILES = 20;
/** A mask, with the quotes around it where it is a literal of its own. */
const MASK = /(["']?)<secret (?:\d+ )?([^>]+)>\1/g;

/** The scope that secrets are to be taken from. */
export function wantsSecretsReplaced(text: string): string | undefined {
  if (!/\b(?:replace|take|move)\b[^.]*\b(?:secrets?|passwords?|tokens?)\b/i.test(text)) return undefined;
  return /\bscope\s+["'`*]*([\w.-]+)/i.exec(text)?.[1];
}

export function* replaceSecrets(bundle: string, scope: string): Talk<string> {
  const editing: Editing = { bundle, changes: [], notes: [] };
  const listed = yield* askOne('list_bundle_files', { bundle_id: bundle }, `I'll take the secrets from scope \`${scope}\`.`);
  const paths = section(listed, 'Files')
    .lines.map((line) => unquote(line).replace(/ \(\d+ bytes\)$/, ''))
    .filter((path) => /\.(ya?ml|py|sql)$/.test(path))
    .slice(0, MOST_FILES);
  const keys: string[] = [];
  for (const [path, before] of yield* readFiles(bundle, paths)) {
    const after = before.replace(MASK, (_whole, quote: string, kind: string) => {
      const key = kind
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/^-|-$/g, '');
      keys.push(key);
      const code = path.endsWith('.py') && quote !== '';
      return code ? `dbutils.secrets.get(scope="${scope}", key="${key}")` : `${quote}{{secrets/${scope}/${key}}}${quote}`;
    });
    if (after === before) continue;
    yield* sendEdit(editing, path, before, after);
    editing.changes.push(`\`${path}\` takes its secrets from scope \`${scope}\`.`);
  }
  if (editing.changes.length === 0) throw new ToolTrouble('I find no hard-coded secret in the files that I can read.');
  const proof = yield* askOne('validate_bundle', { bundle_id: editing.bundle });
  const needed = `Put them there before the first run: ${[...new Set(keys)].map((key) => `\`databricks secrets put-secret ${scope} ${key}\``).join(', ')}.`;
  return [editing.changes.join('\n'), needed, ...verdict(proof)].join('\n\n');
}
