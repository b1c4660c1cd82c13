// A job that another bundle owns: which one and where it is, a question, and what a yes to that question means.
import { unquote, value } from '../conversation/talk.ts';

/** Whether a message says to go on although another bundle owns the job. */
export function saysGoOn(text: string): boolean {
  return /\b(?:yes|go on|anyway|all the same|second bundle)\b/i.test(text);
}

/** The job that a bare yes is about: the one that the answer before it asked about. */
export function agreedJob(text: string, before: string): string | undefined {
  return saysGoOn(text) && !/\b(?:no|not|don['’]t)\b/i.test(text)
    ? /make a second bundle of job (\d+) all the same\?/.exec(before)?.[1]
    : undefined;
}

/** The answer to a tool that refused; undefined: it made a bundle. */
export function ownedBy(jobId: string, made: string): string | undefined {
  if (!made.startsWith('Not generated')) return undefined;
  const facts = ['Target', 'Deployed by', 'Git repository', 'Git branch', 'Git folder', 'Defined in', 'Its files', 'Its metadata'];
  const said = facts.flatMap((label) => {
    const found = value(made, label);
    return found === undefined ? [] : [`• ${label}: \`${unquote(found)}\``];
  });
  return [
    `I made nothing yet: job ${jobId} already belongs to the bundle \`${unquote(value(made, 'Owning bundle') ?? '"unknown"')}\`.`,
    ...(said.length === 0 ? [] : [said.join('\n')]),
    `A change belongs there, and a second bundle would compete with it. Shall I make a second bundle of job ${jobId} all the same? Say “yes”.`,
  ].join('\n\n');
}
