// What the bot says to one person only: help, lists, Connect, refusals.
import type { Used } from '../../conversation/limits/sentences.ts';
import type { PlanOffer } from '../../conversation/thread-port.ts';
import { button, context, linkButton, type Message, section } from './blocks.ts';
import { clip, escapeButMentions, escapeText } from './slack-text.ts';
import { planAgainButton } from './version-card.ts';

export function renderHelp(linkedAs: string | undefined): Message {
  const lines = [
    '*I turn a Databricks job into a Declarative Automation Bundle, prove that nothing was lost, and deploy it when you say so.*',
    '• `/dab job 123` or a pasted job link: a bundle of that job, in a thread here',
    '• `/dab workspace /Workspace/Users/you/etl`: a bundle of a folder, with a job that I propose for it',
    '• `private` behind either: the same in a direct message to you',
    '• `/dab jobs churn`: jobs whose name holds “churn”',
    '• `/dab usage`: what you, this channel and the team use of me, and the limits',
    '• `/dab connect`, `/dab disconnect`: link your Databricks account, or drop the link',
    'Reply in the thread to change the bundle: _add a staging target_, _run it on serverless_. Nothing changes in the workspace before somebody presses *Deploy*.',
  ];
  return {
    text: 'How to use DAB Bot',
    blocks: [
      section(lines.join('\n')),
      context(linkedAs === undefined ? 'You are not connected to Databricks yet.' : `You are connected as ${escapeText(linkedAs)}.`),
    ],
  };
}

/** Of what something is needed for: a folder's path may be long. */
const WHY_CHARACTERS = 500;

/** `why` says what it is needed for; `goesOn`, whether what was asked goes on by itself after that; `near`, that few more are made. */
export function renderConnect(why: string, url: string, goesOn: boolean, near?: string): Message {
  const reason = escapeText(clip(why, WHY_CHARACTERS));
  return {
    text: `${reason} Connect your Databricks account first.`,
    blocks: [
      section(
        `${reason}\nI work in Databricks *as you*, so connect your account first.${goesOn ? ' What you asked goes on by itself after that.' : ''}`,
      ),
      { type: 'actions', block_id: 'connect', elements: [linkButton('Connect to Databricks', 'connect', url, 'primary')] },
      context(['The link is for you alone and works for 10 minutes.', near].filter((one) => one !== undefined).join(' ')),
    ],
  };
}

export interface ListedJob {
  readonly jobId: string;
  readonly name: string;
  readonly creator?: string | undefined;
}

export function renderJobs(jobs: readonly ListedJob[], name: string, more: boolean): Message {
  const asked = name === '' ? '' : ` whose name holds “${escapeText(clip(name, 80))}”`;
  if (jobs.length === 0) {
    const next = name === '' ? 'Ask for the right to view the jobs you need.' : 'Try a shorter part of the name, or `/dab jobs` for all.';
    return { text: 'No jobs found', blocks: [section(`You can see no job${asked}. ${next}`)] };
  }
  return {
    text: `${jobs.length} jobs`,
    blocks: [
      section(`Jobs${asked}:`),
      ...jobs.map((job) => ({
        ...section(
          `*${escapeText(clip(job.name, 200))}* · ${job.jobId}${job.creator === undefined ? '' : ` · by ${escapeText(job.creator)}`}`,
        ),
        accessory: button('Make a bundle', 'make_bundle', job.jobId),
      })),
      ...(more ? [context('There are more. Give a longer part of the name.')] : []),
    ],
  };
}

const USED = {
  dollars: 'Claude, within 24 hours at list price',
  hourly: 'Messages within an hour',
  waiting: 'Messages that wait or are worked on',
  bundles: 'Bundles that I keep',
} as const;

const WHOSE = { person: 'you', channel: 'here', team: 'the team' } as const;

/** What is used of each limit; what has none is a number alone. */
export function renderUsage(used: readonly Used[]): Message {
  const lines = Object.entries(USED).map(([kind, title]) => {
    const amount = (number: number) => (kind === 'dollars' ? `$${number.toFixed(2)}` : String(number));
    const parts = used
      .filter((one) => one.kind === kind)
      .map(({ scope, used: number, limit }) => `${WHOSE[scope]} ${amount(number)}${Number.isFinite(limit) ? ` of ${amount(limit)}` : ''}`);
    return `• ${title}: ${parts.join(' · ')}`;
  });
  return renderWords(['*What is used of me, and what there is*', ...lines].join('\n'));
}

/** There is a thread about this already: go on there, or begin another one. `what` is our words, and escaped; `anew` goes back to us. */
export function renderEarlierThread(what: string, address: string, anew: { readonly id: string; readonly text: string }): Message {
  const text = `There is a thread about ${what} here already. Reply there to go on with its bundle.`;
  const elements = [
    linkButton('Go on there', 'go_on_there', address, 'primary'),
    button('Start a new one', 'start_anew', JSON.stringify(anew)),
  ];
  return { text, blocks: [section(text), { type: 'actions', block_id: 'earlier', elements }] };
}

/** Plain words for one person; `text` may hold our own markup, never foreign text that is not escaped. */
export function renderWords(text: string): Message {
  return { text, blocks: [section(text)] };
}

/** Why not; `again` offers a fresh plan as the way on. */
export function renderRefusal(reason: string, again: PlanOffer | undefined): Message {
  const words = renderWords(escapeButMentions(reason));
  if (again === undefined) return words;
  return { ...words, blocks: [...words.blocks, { type: 'actions', block_id: 'again', elements: [planAgainButton(again)] }] };
}
