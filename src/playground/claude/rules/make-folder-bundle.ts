// "Make a bundle of the workspace folder …": generate from the folder, validate, and say the proposed order.
import { askOne, section, type Talk, ToolTrouble, unquote, value } from '../conversation/talk.ts';
import { aboutBundle, verdict } from './make-bundle.ts';

/** The folder that a message asks a bundle for. */
export function wantsFolderBundle(text: string): string | undefined {
  if (!/\b(?:bundle|convert|generate|dab)\b/i.test(text)) return undefined;
  const quotedPath = /\bfolder\s+("(?:[^"\\]|\\.)*")/i.exec(text)?.[1];
  if (quotedPath !== undefined) return String(JSON.parse(quotedPath));
  return /\bfolder\s+[`']?(\/[^\s`'"]+)/i.exec(text)?.[1];
}

export function* makeFolderBundle(folder: string): Talk<string> {
  const made = yield* askOne('generate_bundle', { folder }, `I'll read \`${folder}\` and propose a job for it.`);
  const bundle = value(made, 'bundle_id');
  if (bundle === undefined) throw new ToolTrouble('The tool answered no bundle.');
  const proof = yield* askOne('validate_bundle', { bundle_id: bundle });
  const order = section(made, 'Proposed order').lines.map(unquote);
  const used = section(made, 'Already used by').lines.map(unquote);
  const parts = [
    ['I propose these tasks, in this order:', ...order.map((line, i) => `${i + 1}. ${line.replace(/^(\S+): /, '`$1`: ')}`)].join('\n'),
    used.length === 0 ? '' : ['Careful, the folder is already used by:', ...used.map((line) => `• ${line}`)].join('\n'),
    ...aboutBundle(made),
    ...verdict(proof),
    'Is the order right? Say which files should run, and in which order, if not.',
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}
