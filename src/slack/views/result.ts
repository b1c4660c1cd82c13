// How a deployment ended, for the person who approved it.
import type { KnownBlock } from '@slack/types';
import type { ThreadMessage } from '../../conversation/thread.ts';
import { clip, escapeText, section } from './text.ts';

type Result = Extract<ThreadMessage, { kind: 'result' }>;

/** Jobs that are linked; a bundle with more is looked at in the workspace. */
const SHOWN_JOBS = 20;

export function renderResult({ to, target, version, result }: Result): { text: string; blocks: KnownBlock[] } {
  const where = `*${escapeText(clip(target, 100))}*`;
  if (result.ok) {
    const line = `<@${to}> Version ${version} is deployed to ${where}.`;
    return { text: line, blocks: [section(line), ...jobLinks(result)] };
  }
  const { problem = 'the deployment did not end well.', next = 'Press Plan again on the card.' } = result;
  const line = `<@${to}> Version ${version} was ${result.state === 'unknown' ? 'perhaps' : 'not'} deployed to ${where}: ${escapeText(problem)} ${escapeText(next)}`;
  return { text: clip(line, 3000), blocks: [section(line)] };
}

/** Links to the deployed jobs. */
export function jobLinks(result: Result['result']): KnownBlock[] {
  return result.jobs
    .slice(0, SHOWN_JOBS)
    .map((job) => section(`<${encodeURI(job.url).replaceAll('|', '%7C')}|${linkText(job.name)}> · job ${job.id}`));
}

/** A bar or a bracket would end the link's text. */
function linkText(name: string): string {
  return escapeText(clip(name, 200)).replace(/[|\n]/g, ' ');
}
