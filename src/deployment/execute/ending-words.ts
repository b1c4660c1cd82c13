// How a deployment ended that did not end well, in words for people.
import { counted } from '../../values/text.ts';
import type { Ending } from './how-it-ended.ts';

/** A few short sentences, without what to do next. */
export function endingWords(ending: Ending, target: string): string {
  const lock = ending.lock === undefined ? [] : [`The lock of ${ending.lock} is still there.`];
  return [verdictWords(ending, target), ...lock].join(' ');
}

function verdictWords({ verdict, files, resources, leftBehind }: Ending, target: string): string {
  if (verdict === 'nothing') return `Nothing changed in ${target}.`;
  if (verdict === 'all') return `All the same, everything is in ${target} as it was shown.`;
  const parts = [...share(files, 'file', 'new'), ...share(resources, 'resource', 'changed')];
  const made = leftBehind ? ' A job was made that the record of the deployment does not know.' : '';
  return `${target} now has a mix: ${parts.join(', ')}.${made}`;
}

function share({ done, of }: Ending['files'], what: string, became: string): string[] {
  if (of === 0) return [];
  if (done === 0) return [`no ${what} is ${became}`];
  if (done === of) return [of === 1 ? `the only ${what} is ${became}` : `all ${counted(of, what)} are ${became}`];
  return [`${done} of ${counted(of, what)} ${done === 1 ? 'is' : 'are'} ${became}`];
}
