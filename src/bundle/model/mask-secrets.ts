// Hard-coded secrets as people and models see them: each value replaced by what it is, and back again for edits.
import type { Bundle } from './bundle.ts';

/** Shorter values would be found everywhere. */
const MIN_LENGTH = 4;

interface Mask {
  /** The text with every secret value replaced by `<secret kind>`, or `<secret 2 kind>` where a kind has several. Needs no quotes in YAML. */
  mask(text: string): string;
  /** The opposite: masks become values again, as they stood in the file. */
  unmask(text: string): string;
}

/** What a text means that is written inside double quotes of JSON or YAML: its escapes resolved. */
function unescaped(written: string): string {
  if (!written.includes('\\')) return written;
  try {
    return String(JSON.parse(`"${written}"`));
  } catch {
    return written;
  }
}

/** Knows the secrets that a bundle's findings point at. The same bundle gives the same masks. */
export function createMask({ files, secrets }: Pick<Bundle, 'files' | 'secrets'>): Mask {
  const texts = new Map<string, string>();
  const wanted = new Set(secrets.map(({ path }) => path));
  for (const { path, bytes } of files) if (wanted.has(path)) texts.set(path, new TextDecoder().decode(bytes));
  const values = new Map<string, string>();
  const perKind = new Map<string, number>();
  const place = ({ path, start }: { path: string; start: number }) => `${path}\n${String(start).padStart(12, '0')}`;
  for (const finding of [...secrets].sort((a, b) => (place(a) < place(b) ? -1 : 1))) {
    const value = texts.get(finding.path)?.slice(finding.start, finding.end) ?? '';
    if (value.length < MIN_LENGTH || values.has(value)) continue;
    const count = (perKind.get(finding.kind) ?? 0) + 1;
    perKind.set(finding.kind, count);
    values.set(value, count === 1 ? `<secret ${finding.kind}>` : `<secret ${count} ${finding.kind}>`);
  }
  // The longest first: one value may be a part of another.
  const spellings = [...values].flatMap(([value, mask]): [string, string][] => [
    [value, mask],
    ...(unescaped(value) === value || unescaped(value).length < MIN_LENGTH ? [] : [[unescaped(value), mask] as [string, string]]),
  ]);
  spellings.sort(([a], [b]) => b.length - a.length || (a < b ? -1 : 1));
  return {
    mask: (text) => spellings.reduce((masked, [value, mask]) => masked.replaceAll(value, () => mask), text),
    unmask: (text) => [...values].reduce((plain, [value, mask]) => plain.replaceAll(mask, () => value), text),
  };
}
