// What a `pip install` line asks for: packages by name, and files of the workspace.
import { isOutsideWorkspaceInCode } from '../../values/workspace-path.ts';

interface PipLine {
  /** As written, such as `pandas>=2` or `./dist/own-1.0-py3-none-any.whl`. */
  readonly packages: readonly string[];
  /** Paths of requirement and constraint files, wheels, archives and folders on disk. */
  readonly files: readonly string[];
}

const FILE_OPTION = /^(?:-[rcef]|--(?:requirement|constraint|editable|find-links))$/;
const FILE_OPTION_WITH_VALUE = /^(?:-[rcef]|--(?:requirement|constraint|editable|find-links)=)(.+)$/;
/** The name before an address of a file, as in `own@file:./own`. */
const NAMED_FILE = /^[\w.-]+(?:\[[^\]]*\])?@(?=file:)/;
/** Options that take a value of their own, which is no package. */
const VALUE_OPTION =
  /^(?:-i|-t|--(?:index-url|extra-index-url|trusted-host|target|prefix|timeout|retries|proxy|python-version|platform|upgrade-strategy|progress-bar|cache-dir|config-settings|global-option))$/;
/** What may follow a path as in an address: the package's name, a folder in it, its digest. */
const FRAGMENT = /#(?:egg|subdirectory|sha\d+|md5)=.*$/;
/** An address of a file that lies in the workspace, or beside the source. */
const FILE_ADDRESS = /^file:(?:\/\/(?=\/Workspace\/)|(?=\.))/;

/** Reads what follows `%pip` or `pip`; anything but an install asks for nothing. */
export function parsePip(line: string): PipLine {
  const words = wordsOf(line);
  const install = words.indexOf('install');
  const isEnvironment = words[0] === 'env' && words.includes('update');
  if (isEnvironment) return filesOnly(words.flatMap((word, index) => (/^(-f|--file)$/.test(words[index - 1] ?? '') ? [word] : [])));
  return install < 0 ? { packages: [], files: [] } : parseRequirements(words.slice(install + 1));
}

/** Reads a requirements file; each file it names with the line it stands on. */
export function parseRequirementLines(text: string): readonly (PipLine & { readonly line: number })[] {
  return text.split(/\r\n|\n|\r/).flatMap((line, index) => {
    if (line === '') return [];
    const found = parseRequirements(wordsOf(line.split(';')[0] ?? ''));
    return found.packages.length + found.files.length > 0 ? [{ ...found, line: index + 1 }] : [];
  });
}

/** Reads an environment as YAML (a base environment, or one of conda): each entry below `dependencies` that names a file, with its line. */
export function parseEnvironmentLines(text: string): readonly (PipLine & { readonly line: number })[] {
  let inside = false;
  return text.split(/\r\n|\n|\r/).flatMap((line, index) => {
    if (/^[^\s#-]/.test(line)) inside = /^dependencies\s*:\s*(?:#.*)?$/.test(line);
    const entry = inside ? /^\s*-\s+(.*)$/.exec(line)?.[1]?.trim() : undefined;
    if (entry === undefined) return [];
    const plain = /^(["'])(.*)\1\s*(?:#.*)?$/.exec(entry)?.[2] ?? entry;
    const found = parseRequirements(wordsOf(plain.split(';')[0] ?? ''));
    return found.files.length === 0 ? [] : [{ ...found, line: index + 1 }];
  });
}

function parseRequirements(words: readonly string[]): PipLine {
  const packages: string[] = [];
  const files: string[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    // Most words are no options, and are looked at once.
    if (word === '@') continue;
    else if (!word.startsWith('-')) {
      if (isFile(word)) files.push(word.replace(NAMED_FILE, ''));
      else packages.push(word);
    } else if (FILE_OPTION.test(word)) files.push(words[++index] ?? '');
    else if (FILE_OPTION_WITH_VALUE.test(word)) files.push(FILE_OPTION_WITH_VALUE.exec(word)?.[1] ?? '');
    else if (VALUE_OPTION.test(word)) index++;
  }
  return files.length === 0 ? { packages, files } : { packages, files: filesOnly(files).files };
}

function isFile(word: string): boolean {
  return (
    NAMED_FILE.test(word) ||
    /^(?:\.{1,2}(?:\/|$)|\/|file:)/.test(word) ||
    (/\.(?:whl|tar\.gz|zip)$/i.test(word) && !/^[a-z][a-z0-9+.-]*:/i.test(word))
  );
}

function filesOnly(files: readonly string[]): PipLine {
  const paths = files.map((file) => file.replace(FILE_ADDRESS, ''));
  const inside = paths.filter((path) => path !== '' && !isOutsideWorkspaceInCode(path) && !/[{}$]/.test(path));
  return { packages: [], files: inside.map((path) => path.replace(FRAGMENT, '').replace(/\[[^\]]*\]$/, '')) };
}

/** Splits a command line: quotes keep a word together, ` #` begins a comment. */
function wordsOf(line: string): string[] {
  const words: string[] = [];
  for (const [whole] of line.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)) {
    if (whole.startsWith('#')) break;
    words.push(whole.replace(/["']/g, ''));
  }
  return words;
}
