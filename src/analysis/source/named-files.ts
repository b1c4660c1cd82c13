// The files beside a source that its code names: configuration, data, SQL and templates that it reads when it runs.
import { lineCounter } from '../../values/text.ts';
import type { Cell } from './cells.ts';
import { LIMITS } from './limits.ts';

/** `joined`: something computed stands before it, so that it may lie in another folder than the code's own. */
interface NamedFile {
  readonly path: string;
  readonly joined: boolean;
  readonly line: number;
}

const ENDINGS =
  'ya?ml|jsonl?|toml|ini|cfg|conf|properties|xml|csv|tsv|txt|sql|py|sh|j2|jinja2?|tmpl|tpl|template|html?|avsc|proto|xlsx?|pkl|joblib|geojson';
const IN_QUOTES = new RegExp(`\\.(?:${ENDINGS})(?=["'\`])`, 'gi');
/** A shell needs no quotes. */
const IN_SHELL = new RegExp(`\\.(?:${ENDINGS})(?=["'\\s;|&)]|$)`, 'gi');
/** What no path of ours holds; an address has a colon. */
const ENDS_PATH = /["'`{}$()<>*?|,;:=&!#[\]\\\r\n\t]/;
/** Units that are looked back at. */
const LONGEST = 200;
/** What begins at the root or with a scheme, up to its computed part: in quotes, and in a shell without. */
const FROM_ROOT = /(["'])(?:\/|[a-z][\w+.-]*:\/)(?:(?!\1)[^\r\n])*$/i;
const FROM_ROOT_IN_SHELL = /(?:^|[\s"'])(?:\/|[a-z][\w+.-]*:\/)[^\s"']*$/i;

/**
 * Whether a file lies where a path leads only a workspace can say: everything that looks like one counts. What begins at the root does not, nor
 * does code of Scala, which runs elsewhere than in its notebook's folder (facts: databricks#notebooks-and-their-formats).
 */
export function namedFiles({ language, text, line }: Pick<Cell, 'language' | 'text' | 'line'>): NamedFile[] {
  const isShell = language === 'shell';
  if (language !== 'python' && language !== 'r' && !isShell) return [];
  const lineAt = lineCounter(text);
  const found = new Map<string, NamedFile>();
  for (const { 0: ending, index } of text.matchAll(isShell ? IN_SHELL : IN_QUOTES)) {
    if (found.size >= LIMITS.named) break;
    const { path = '', joined = false } = pathBefore(text, index, isShell) ?? {};
    // An ending alone is what code looks for in names.
    if (path === '' || /[/.]$/.test(path) || found.has(path + ending)) continue;
    found.set(path + ending, { path: path + ending, joined, line: line + lineAt(index) - 1 });
  }
  return [...found.values()];
}

function pathBefore(text: string, end: number, isShell: boolean): Pick<NamedFile, 'path' | 'joined'> | undefined {
  let start = end;
  while (start > 0 && end - start < LONGEST && !ENDS_PATH.test(text[start - 1] ?? '') && !(isShell && text[start - 1] === ' ')) start--;
  const path = text.slice(start, end);
  const inside = path.replace(/^\/+/, '');
  const opening = text[start - 1] ?? '\n';
  if (isComment(text, start)) return undefined;
  if (opening === '}') {
    const before = text.slice(Math.max(0, start - LONGEST), start);
    return (isShell ? FROM_ROOT_IN_SHELL : FROM_ROOT).test(before) ? undefined : { path: inside, joined: true };
  }
  if (!/["'`]/.test(opening) && !(isShell && /\s/.test(opening))) return undefined;
  const operator = /([+/,])\s{0,4}[rbfu]{0,2}$/i.exec(text.slice(Math.max(0, start - 10), start - 1))?.[1];
  if (path !== inside) return operator === '+' ? { path: inside, joined: true } : undefined;
  return { path, joined: operator !== undefined };
}

function isComment(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - LIMITS.besideLength), at);
  return /^\s*#/.test(before.slice(before.lastIndexOf('\n') + 1));
}
