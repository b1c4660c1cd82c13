// What the CLI says on stderr, cleaned of host, paths and tokens, as warnings and as words for people.
import type { ErrorWords } from '../../values/errors.ts';
import { scrub } from '../../values/log.ts';
import { serverTrouble, type Trouble } from '../../values/patience.ts';
import { LIMITS } from './limits.ts';
import type { CliCommand } from './process.ts';
import type { Folder } from './scratch-folder.ts';

/** `tokens`: all that the command and those before it were run with. */
export type Hidden = Pick<CliCommand, 'host'> & Pick<Folder, 'base' | 'root'> & { readonly tokens: ReadonlySet<string> };

/** The text without what must not be shown: the token, the host, our folders, and homes of people in the workspace. */
export function clean(text: string, hidden: Hidden): string {
  const host = hidden.host.replace(/^https?:\/\//, '');
  const known = [...hidden.tokens]
    .reduce((cut, token) => cut.replaceAll(token || '\0', '[secret]'), text)
    .replaceAll(`${hidden.root}/`, '')
    .replaceAll(hidden.root, 'the bundle')
    .replaceAll(hidden.base, '')
    .replaceAll(hidden.host, 'the workspace')
    .replaceAll(host, 'the workspace')
    .replace(/(\/Workspace)?\/Users\/[^/\s"')]+/g, '~');
  return scrub(known);
}

/** Every `Warning:` with its places, one text each: `unknown field: colour (at resources.jobs.j, in databricks.yml:4:33)`. */
export function warningsOf(stderr: string, hidden: Hidden): string[] {
  const warnings: { text: string; places: string[] }[] = [];
  let open = false;
  for (const line of clean(stderr, hidden).split('\n')) {
    const start = /^Warn(?:ing)?: (.*)$/.exec(line);
    const last = warnings.at(-1);
    if (start !== null) warnings.push({ text: start[1] ?? '', places: [] });
    else if (open && last !== undefined && /^ {2}\S/.test(line)) last.places.push(line.trim());
    open = start !== null || (open && /^ {2}\S/.test(line));
  }
  return warnings.slice(0, LIMITS.warningsKept).map(({ text, places }) => (places.length === 0 ? text : `${text} (${places.join(', ')})`));
}

/** The errors in the CLI's own words, without the addresses and codes that follow them. */
export function errorText(stderr: string, hidden: Hidden): string {
  const lines = clean(stderr, hidden)
    .split('\n')
    .filter((line) => !/^(Endpoint|HTTP Status|API error_code|API message|Warn(ing)?): /.test(line) && line.trim() !== '');
  const first = lines.findIndex((line) => line.startsWith('Error: '));
  const said = first === -1 ? lines.slice(-3) : lines.slice(first);
  const unique = [...new Set(said.map((line) => line.replace(/^Error: /, '').trim()))];
  return unique.join(' ').slice(0, LIMITS.wordsShown);
}

/** What the CLI says of every 403 on the bundle's folder, whatever the bundle's own permissions are (facts: cli#network-faults). */
const MAY_NOT_WRITE = /unable to deploy to (\S+) as (\S+?)\.?$/m;

const SIGN_IN_REFUSED = /\(401 |Invalid access token/;

/** Messages that we know (facts: cli#messages-and-exit-codes) and what a person can do about them; the CLI has no structured errors. */
const KNOWN: readonly { readonly pattern: RegExp; readonly problem: string; readonly next: string }[] = [
  {
    pattern: SIGN_IN_REFUSED,
    problem: 'Databricks no longer accepts the sign-in.',
    next: 'Connect again, then ask for a fresh plan.',
  },
  {
    pattern: /Failed to acquire deployment lock/,
    problem: 'Another deployment of this bundle holds its lock.',
    next: 'Wait until it is over. If none is running, the lock was left behind by one that died: look at it together before anybody removes it.',
  },
  { pattern: /\(429 /, problem: 'Databricks is busy: it asked to slow down for too long.', next: 'Try again in a few minutes.' },
  {
    pattern: /no such host|connection refused|request timed out|: EOF\b/,
    problem: 'The workspace could not be reached.',
    next: 'Check that it is up, then ask for a fresh plan.',
  },
  {
    pattern: /plan (serial|lineage) .* does not match/,
    problem: 'The workspace has changed since the plan was made.',
    next: 'Ask for a fresh plan.',
  },
];

/** Whether Databricks did not accept the token. */
export function isSignInRefused(stderr: string): boolean {
  return SIGN_IN_REFUSED.test(stderr);
}

/** Of trouble that may pass, which the CLI has not repeated or not for long (facts: cli#network-faults): what is said, and how long it is waited for. */
export function passingTrouble(stderr: string): Trouble | undefined {
  if (/: EOF\b|connection refused|connection reset/.test(stderr)) return { title: 'The workspace could not be reached.' };
  const status = /\((50[0234]) /.exec(stderr)?.[1];
  return status === undefined ? undefined : serverTrouble('Databricks', Number(status));
}

/** Words for a command that failed. */
export function failureWords(doing: string, stderr: string, hidden: Hidden): ErrorWords {
  const known = KNOWN.find(({ pattern }) => pattern.test(stderr));
  const said = errorText(stderr, hidden);
  if (known !== undefined) return { doing, problem: known.problem, next: known.next };
  // Whose folder it is must be seen, so its path is not shortened.
  const [, folder, user] = MAY_NOT_WRITE.exec(stderr) ?? [];
  if (folder !== undefined)
    return {
      doing,
      problem: `Databricks did not let ${user} write all of ${folder}.`,
      next: 'Ask whoever manages that folder for the permission to edit it, then ask for a fresh plan.',
    };
  const problem = `The Databricks CLI refused: ${said === '' ? 'it gave no reason.' : said}`;
  if (/\(403 /.test(stderr))
    return { doing, problem, next: 'Ask an administrator of the workspace for that permission, then ask for a fresh plan.' };
  return { doing, problem, next: 'Ask me to correct the bundle, or look at the place it names.' };
}
