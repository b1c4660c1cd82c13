// One line of pip's requirements format: what it names on disk, and what the CLI takes it for (facts: bundles#paths-and-libraries).

/** A file or folder that a line names. */
export interface PipPath {
  /** As it stands in the line: quotes, extras and what follows are none of it. */
  readonly path: string;
  /** Where in the line it begins. */
  readonly start: number;
  readonly kind: 'file' | 'folder';
}

/** Options of a line that name no path, with their values; others may follow them. */
const OTHER_OPTIONS =
  /^\s*(?:(?:--(?:pre|no-index|no-deps|prefer-binary|require-hashes)|(?:-i|--(?:index-url|extra-index-url|trusted-host|no-binary|only-binary|use-feature))(?:\s*=\s*|\s+)\S+)\s+)*/;
/** Options before a path; short ones may stand right before it (`-e./lib`). */
const OPTION = /^\s*(?:-[rcef](?:\s*=\s*|\s+|(?=["']?[./]))|--(?:requirement|constraint|editable|find-links)(?:\s*=\s*|\s+))/;
const OF_FILES = /^\s*-(?:[rc]|-requirement|-constraint)/;
const SCHEME = /^[a-z][a-z0-9+.-]*:/i;
const FILE = /\.(?:whl|egg|zip|tar|tgz|tar\.gz|tar\.bz2|txt)$/i;
/** What may follow a path as in an address: the package's name, a folder in it, its digest. */
const FRAGMENT = /#(?:egg|subdirectory|sha\d+|md5)=.*$/;
/** An environment marker, a comment or another option that follows a path. */
const BEHIND = /(?<!\s)(?:\s+#|\s*;|\s+--|\s+-[rcefi](?=\s))/;
const EXTRAS = /(?<!\s)(?:\s*\[[^[\]]*\]\s*|\s+)$/;
/** What `--find-links` takes besides folders and archives. */
const PAGE = /\.html?$/i;

/** The path in a line; undefined where it names a package, an address, or nothing. Relative ones count, wherever they lead. */
export function pipPath(line: string): PipPath | undefined {
  const others = OTHER_OPTIONS.exec(line)?.[0] ?? '';
  const option = OPTION.exec(line.slice(others.length))?.[0] ?? '';
  const before = others + option;
  const rest = line.slice(before.length);
  const quote = /^["']/.exec(rest)?.[0] ?? '';
  const text = rest.slice(quote.length);
  const end = quote === '' ? text.search(BEHIND) : text.indexOf(quote);
  const whole = end < 0 ? text : text.slice(0, end);
  const path = whole.replace(FRAGMENT, '').replace(EXTRAS, '');
  const isPath = path !== '' && !SCHEME.test(path) && (option !== '' || /^[./]/.test(path));
  if (!isPath) return undefined;
  const file = OF_FILES.test(option) || FILE.test(path) || (option !== '' && PAGE.test(path));
  return { path, start: before.length + quote.length, kind: file ? 'file' : 'folder' };
}

/** Paths that a line names behind the first one, each with an option of its own. */
export function furtherPaths(line: string): string[] {
  const found: string[] = [];
  let rest = line;
  for (let one = pipPath(rest); one !== undefined; one = pipPath(rest)) {
    if (rest !== line) found.push(one.path);
    const behind = rest.slice(one.start + one.path.length);
    const option = behind.search(/\s-/);
    if (option < 0) break;
    rest = behind.slice(option);
  }
  return found;
}

/** What the CLI takes for the name of a package, with its versions as PEP 440 writes them (its libraries/local_path.go). */
const VERSION = String.raw`(\d+!)?\d+(\.\d+)*([-_.]?(a|b|rc)\d+)?([-_.]?post\d+)?([-_.]?dev\d+)?(\+[a-zA-Z0-9]+([-_.][a-zA-Z0-9]+)*)?`;
const PACKAGE = new RegExp(String.raw`^[\w-]+\s?(\[.*\])?\s?((==|!=|<=|>=|~=|>|<)\s?${VERSION},?)*$`);
const PIP_OPTION = /(^|\s)--?[a-zA-Z0-9-]+([\s|=]|$)/;
/** Addresses that the CLI knows as such: of files only those with two slashes. */
const REMOTE = /^(?!file:)[a-z][a-z0-9+.-]*:\/|^file:\/\//i;

/** Whether the CLI would look for a path in the bundle's own folder. */
export function isLocalPath(path: string): boolean {
  return !/^["']*\//.test(path) && !REMOTE.test(path.replace(/^["']+/, ''));
}

/** Whether the CLI would take a line for pip for a file of the bundle (its libraries/local_path.go); `git`: the job has a git_source. */
export function isLocalDependency(line: string, git: boolean): boolean {
  const behindOption = line.match(/^-[re] (.*)$/)?.[1];
  if (behindOption !== undefined) return !git && isLocalPath(behindOption.trim());
  if (line.startsWith('.')) return true;
  const [name = '', address = ''] = line.split(' @ ');
  if (PIP_OPTION.test(line) || PACKAGE.test(line) || (PACKAGE.test(name) && /^(?!file:)[a-z][a-z0-9+.-]*:\//i.test(address))) return false;
  return line !== '' && isLocalPath(line);
}
