// What somebody asks of the bot, read from the words behind /dab, a mention or a direct message.
import { canonicalFolder } from '../../values/workspace-path.ts';

export type Command =
  | { readonly kind: 'job'; readonly jobId: string; readonly private: boolean }
  /** `path` begins with `/` and has no `/Workspace` before it and no `/` at its end. */
  | { readonly kind: 'workspace'; readonly path: string; readonly private: boolean }
  | { readonly kind: 'jobs'; readonly name: string }
  | { readonly kind: 'usage' }
  | { readonly kind: 'connect' }
  | { readonly kind: 'disconnect' }
  | { readonly kind: 'help' }
  /** Not understood; `hint` says what was wrong and what to type instead. */
  | { readonly kind: 'unclear'; readonly hint: string };

/** Job ids are positive int64. */
const JOB_ID = /^[1-9]\d{0,18}$/;
const MAX_JOB_ID = 9223372036854775807n;

/** No command is longer, in characters: a workspace path has a few hundred. Our choice. */
const LONGEST = 4000;

/** Parses the words; `host` is the workspace the bot works with, so that a pasted URL of another one is noticed. */
export function parseCommand(text: string, host: string): Command {
  // Slack wraps URLs in <…|…>.
  const words = text
    .slice(0, LONGEST)
    .trim()
    .replace(/<(https?:[^|<>]+)(\|[^<>]*)?>/g, '$1')
    .split(/\s+/)
    .filter((word) => word !== '');
  const [first = 'help', ...rest] = words;
  switch (first.toLowerCase()) {
    case 'help':
      return { kind: 'help' };
    case 'jobs':
      return { kind: 'jobs', name: rest.join(' ') };
    case 'usage':
    case 'connect':
    case 'disconnect':
      return { kind: first.toLowerCase() as 'usage' | 'connect' | 'disconnect' };
    case 'job':
      return parseJob(rest, host);
    case 'workspace':
    case 'folder':
      return parseFolder(rest);
    default:
      if (first.startsWith('/')) return parseFolder(words);
      if (/^\d+$/.test(first) || first.includes('://')) return parseJob(words, host);
      return { kind: 'unclear', hint: `I don't know “${clip(first)}”. Type \`/dab job 123\` with the id of a job, or \`/dab help\`.` };
  }
}

function parseJob([reference, ...flags]: string[], host: string): Command {
  if (reference === undefined) {
    return { kind: 'unclear', hint: 'Which job? Type `/dab job 123` with its id, paste its URL, or find it with `/dab jobs churn`.' };
  }
  const isPrivate = flags.some((flag) => flag.toLowerCase() === 'private');
  const unknown = flags.find((flag) => flag.toLowerCase() !== 'private');
  if (unknown !== undefined) {
    return { kind: 'unclear', hint: `I don't know “${clip(unknown)}” after the job. The only word that goes there is \`private\`.` };
  }
  if (reference.includes('://')) return parseJobUrl(reference, host, isPrivate);
  if (!JOB_ID.test(reference) || BigInt(reference) > MAX_JOB_ID) {
    return {
      kind: 'unclear',
      hint: `“${clip(reference)}” is not a job id: ids are numbers such as 123. You find it in the job's URL or with \`/dab jobs ${/^[\w-]+$/.test(reference) ? clip(reference) : 'churn'}\`.`,
    };
  }
  return { kind: 'job', jobId: reference, private: isPrivate };
}

/** A folder's path, which may hold spaces; quotes around it go. */
function parseFolder(words: readonly string[]): Command {
  const isPrivate = words.at(-1)?.toLowerCase() === 'private';
  const written = words
    .slice(0, isPrivate ? -1 : undefined)
    .join(' ')
    .replace(/^[`"'“](.*)[`"'”]$/, '$1');
  const path = canonicalFolder(written);
  if (!path.startsWith('/') || /(^|\/)\.\.?(\/|$)/.test(path)) {
    return { kind: 'unclear', hint: 'Which folder? Type its whole path, such as `/dab workspace /Workspace/Users/you@example.com/etl`.' };
  }
  // A home or a root holds far more than one job.
  if (path.split('/').length < 3 || /^\/(Users|Repos)\/[^/]+$/.test(path)) {
    return { kind: 'unclear', hint: `“${clip(written)}” holds too much for one bundle. Name a folder inside it.` };
  }
  return { kind: 'workspace', path, private: isPrivate };
}

/** Job URLs as the workspace shows them: `/jobs/123`, `/#job/123`, `/jobs/123/runs/9`, with or without `?o=…`. */
function parseJobUrl(text: string, host: string, isPrivate: boolean): Command {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const jobId = url && (/\/jobs\/(\d+)/.exec(url.pathname) ?? /^#\/?jobs?\/(\d+)/.exec(url.hash))?.[1];
  if (url === undefined || jobId === undefined || !JOB_ID.test(jobId)) {
    return { kind: 'unclear', hint: 'I find no job in that link. A job link looks like `https://<workspace>/jobs/123`.' };
  }
  if (url.host !== new URL(host).host) {
    return { kind: 'unclear', hint: `That link is to the workspace ${clip(url.host)}, but I work with ${new URL(host).host} only.` };
  }
  return { kind: 'job', jobId, private: isPrivate };
}

/** Somebody's words in an answer: short, and without what Slack would read as markup. */
function clip(text: string): string {
  const plain = text.replace(/[<>&`*_~@#]/g, '');
  return plain.length > 40 ? `${plain.slice(0, 39)}…` : plain;
}
