// How a deployment ended, for the person who approved it.
import type { KnownBlock } from '@slack/types';
import type { ThreadMessage } from '../../conversation/thread-port.ts';
import { type Message, section } from './blocks.ts';
import { clip, escapeText, linkTo } from './slack-text.ts';

type Result = Extract<ThreadMessage, { kind: 'result' }>;

/** Jobs, pipelines and dashboards that are linked; a bundle with more is looked at in the workspace. */
const SHOWN = 20;

export function renderDeploymentResult({ to, target, version, result }: Result): Message {
  const where = `*${escapeText(clip(target, 100))}*`;
  if (result.ok) {
    const line = `<@${to}> Version ${version} is deployed to ${where}.`;
    return { text: line, blocks: [section(line), ...resultLinks(result)] };
  }
  const { problem = 'the deployment did not end well.', next = 'Press Plan again on the card.' } = result;
  const how = result.state === 'unknown' ? 'perhaps' : result.ending === 'mix' ? 'only partly' : 'not';
  const line = `<@${to}> Version ${version} was ${how} deployed to ${where}: ${escapeText(problem)} ${escapeText(next)}`;
  return { text: clip(line, 3000), blocks: [section(line)] };
}

/** Links to what was deployed. */
export function resultLinks({ jobs, others = [] }: Result['result']): KnownBlock[] {
  const lines = [
    ...jobs.map(({ url, name, id }) => `${linkTo(url, name)} · job ${id}`),
    ...others.map(({ url, name, kind }) => `${linkTo(url, name)} · ${kind}`),
  ];
  return lines.slice(0, SHOWN).map((line) => section(line));
}
