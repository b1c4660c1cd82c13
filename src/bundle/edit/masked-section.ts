// What the README.md of an archive says of its masks: which there are and where, never a value, and how to put the values back.

import { lineCounter } from '../../values/text.ts';
import type { BundleFile } from '../model/bundle.ts';
import type { createMask } from '../secrets/mask-secrets.ts';

/** Places that the table lists; nobody goes through more by hand. */
const MOST_ROWS = 100;

/** Empty where nothing is masked. */
export function renderMaskedSection(files: readonly BundleFile[], mask: ReturnType<typeof createMask>): string {
  const places = files.flatMap((file) => {
    const spans = mask.spans(file);
    if (spans.length === 0) return [];
    const lineAt = lineCounter(mask.file(file));
    // Where the masked text has grown or shrunk against the plain one.
    let shift = 0;
    return spans.map(({ start, end, name }) => {
      const line = lineAt(start + shift);
      shift += `<secret ${name}>`.length - (end - start);
      return { path: file.path, line, name };
    });
  });
  if (places.length === 0) return '';
  const rows = places
    .slice(0, MOST_ROWS)
    .map(({ path, line, name }) => `| \`<secret ${name.replaceAll('|', '\\|')}>\` | \`${path.replaceAll('|', '\\|')}\`, line ${line} |`);
  return [
    '## What is masked',
    '',
    'Hard-coded secrets are masked in this archive. Their values are where they were read; deployed as it is, a mask would be the value.',
    '',
    '| Mask | Where |',
    '|---|---|',
    ...rows,
    ...(places.length > MOST_ROWS ? ['', `… and in ${places.length - MOST_ROWS} more places: search for \`<secret \`.`] : []),
    '',
    'Rather than putting a value back, keep it in a secret scope:',
    '',
    '```sh',
    'databricks secrets create-scope SCOPE',
    'databricks secrets put-secret SCOPE KEY',
    '```',
    '',
    'and put in the place of the mask, quotes included, `dbutils.secrets.get("SCOPE", "KEY")` in Python, or in a cluster’s `spark_conf` and',
    '`spark_env_vars` the text `{{secrets/SCOPE/KEY}}`. To try it with the old value, write that in the place of the mask, and commit it nowhere.',
    '',
  ].join('\n');
}
