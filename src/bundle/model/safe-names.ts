// Names made from other people's names: resource keys, variable names and file names that every platform takes.
import { sha256 } from './bundle.ts';

/** Names that the allow-list and the CLI take for a target. */
export const TARGET_NAME = /^[A-Za-z][\w-]{0,63}$/;
/** Longest resource key and bundle name we make; they become parts of paths and of state keys. */
const MAX_KEY_LENGTH = 80;
/** Longest name of one file or folder in bytes: the limit of the usual file systems. */
export const MAX_COMPONENT_BYTES = 255;
/** Longest path inside the tree, in bytes: a workspace path (with the bundle's own folder before it) stays usable. */
export const MAX_PATH_BYTES = 600;

/** Letters that Unicode does not take apart into a base letter and a mark. */
const FOLDED: Readonly<Record<string, string>> = {
  ß: 'ss', æ: 'ae', Æ: 'AE', ø: 'o', Ø: 'O', œ: 'oe', Œ: 'OE', đ: 'd', Đ: 'D', ð: 'd', þ: 'th', ł: 'l', Ł: 'L', ı: 'i',
}; // biome-ignore format: a table

/** Lower-case ASCII words joined by `_`; empty when nothing of the text can be kept. */
function words(text: string): string {
  return text
    .replace(/[^\p{ASCII}]/gu, (c) => FOLDED[c] ?? c)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
}

/**
 * The resource key of a job (and the bundle's name), pipeline or dashboard, such as `churn` for `Churn`: ASCII letters, digits and `_`,
 * begins with a letter, never empty.
 * @param id stands in where the name has nothing to offer
 */
export function resourceKey(name: string | undefined, id: string, kind: 'job' | 'pipeline' | 'dashboard' = 'job'): string {
  const short = (text: string): string => words(text).slice(0, MAX_KEY_LENGTH).replace(/_+$/, '');
  const key = short((name ?? '').replace(/^\s*\[(dev|prod|staging)[^\]]*\]\s*/i, '')) || short(name ?? '');
  if (key === '') return [kind, words(id)].filter((part) => part !== '').join('_');
  return /^[a-z]/.test(key) ? key : `${kind}_${key}`;
}

/** A variable's name: words as for a key, begins with a letter (the CLI's references allow letters first only). */
export function variableName(text: string): string {
  const name = words(text).slice(0, MAX_KEY_LENGTH).replace(/_+$/, '');
  if (name === '') return 'value';
  return /^[a-z]/.test(name) ? name : `v_${name}`;
}

/** The first of `name`, `name_2`, `name_3` … that is not taken. */
export function freeName(name: string, taken: (candidate: string) => boolean): string {
  if (!taken(name)) return name;
  for (let n = 2; ; n++) if (!taken(`${name}_${n}`)) return `${name}_${n}`;
}

const ASCII = /^\p{ASCII}*$/u;

/** How two names clash on file systems that ignore case or Unicode's spelling. */
export function clashKey(path: string): string {
  return ASCII.test(path) ? path.toLowerCase() : path.normalize('NFC').toLowerCase().normalize('NFC');
}

/** Length of a text in UTF-8 bytes. */
export function byteLength(text: string): number {
  return Buffer.byteLength(text);
}

/** The longest beginning of `text` that has at most `bytes` UTF-8 bytes. */
function cut(text: string, bytes: number): string {
  let kept = '';
  for (const c of text) {
    if (byteLength(kept + c) > bytes) break;
    kept += c;
  }
  return kept;
}

/** Characters that the CLI (`%`), Windows or a reference can't carry in a file name. */
const INEXPRESSIBLE = /[\p{Cc}\p{Cs}\u2028\u2029\ufeff%\\<>:"|?*$]/gu;
const RESERVED = /^(con|prn|aux|nul|com[0-9]|lpt[0-9]|\.databricks|\.git|\.gitignore|\.|\.\.)$/i;

/** Most names: nothing to change, and long enough not to be reserved. */
const SAFE = /^[a-z0-9_][a-z0-9_-]{4,}(\.[a-z0-9_-]+)*$/i;

/** One file or folder name that can stand in a tree; the same name where nothing is wrong with it. */
export function safeComponent(name: string, reserve = 0): string {
  if (SAFE.test(name) && name.length + reserve <= MAX_COMPONENT_BYTES) return name;
  const clean = name
    .replace(INEXPRESSIBLE, '_')
    .replace(/^ +|(?<! ) +$/g, '')
    .replace(/(?<![. ])[. ]+$/, (dots) => '_'.repeat(dots.length));
  const named = clean === '' ? '_' : RESERVED.test(clean) ? `_${clean.replace(/^\.+/, '')}` : clean;
  if (byteLength(named) + reserve <= MAX_COMPONENT_BYTES) return named;
  return `${cut(named, MAX_COMPONENT_BYTES - reserve - 9)}_${sha256(name).slice(0, 8)}`;
}
