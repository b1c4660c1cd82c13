// The root message of a conversation: who asked for what, and a line that says where it stands.
import type { ConversationRow } from '../../conversation/rows.ts';
import type { Status } from '../../conversation/story/status.ts';
import type { InLine } from '../../conversation/turn-queue.ts';
import { button, context, type Message, section } from './blocks.ts';
import { clip, escapeText, linkTo, oneLine } from './slack-text.ts';

export interface RootMessage {
  readonly id: string;
  readonly requester: string;
  readonly subject: ConversationRow['subject'];
}

/** Of the words with which a turn failed; the whole stands in its answer. */
const WHY_CHARACTERS = 160;
/** Targets that are named; the cards below have all. */
const TARGETS = 6;

/** Only the first one says `queued`: what it waited for when it was posted. Drawn again it is at work. */
type Shown = Omit<Status, 'now'> & { readonly now: Status['now'] | { readonly kind: 'queued'; readonly waits: InLine } };

/** "@ana asked for a bundle of job 123 · Churn", a link to it, and how it stands, with [Stop] while a turn runs. `host` is the workspace's. */
export function renderRootMessage({ id, requester, subject }: RootMessage, { now, deployed }: Shown, host: string): Message {
  const { plain, url } =
    'jobId' in subject
      ? { plain: `job ${subject.jobId} · ${clip(subject.name, 150)}`, url: `${host}/jobs/${subject.jobId}` }
      : { plain: `the folder ${clip(subject.folder, 180)}`, url: `${host}/#workspace${subject.folder}` };
  const asked = `<@${requester}> asked for a bundle of`;
  const line = [
    now.kind === 'queued' ? queuedLine(now.waits, requester) : nowLine(now),
    ...(deployed.length === 0 ? [] : [deployedLine(deployed)]),
  ].filter((part) => part !== '');
  return {
    text: `${asked} ${oneLine(escapeText(plain))}`,
    blocks: [
      section(`${asked} ${linkTo(url, oneLine(plain))}`),
      ...(line.length === 0 ? [] : [context(line.join(' · '))]),
      ...(now.kind === 'working' || now.kind === 'queued'
        ? [{ type: 'actions' as const, block_id: 'anchor', elements: [button('Stop', 'stop', id, 'danger')] }]
        : []),
    ],
  };
}

function queuedLine(waits: InLine, requester: string): string {
  const [what, before] =
    'free' in waits ? ['I have a place for it', waits.free] : [`I am done with others that <@${requester}> asked for`, waits.own];
  return `:hourglass_flowing_sand: Waits until ${what}${before === 0 ? ', as the next one' : `; before it in the line: ${before}`}`;
}

function nowLine(now: Status['now']): string {
  switch (now.kind) {
    case 'working':
      return ':hourglass_flowing_sand: Working on it';
    case 'deploying':
      return `:hourglass_flowing_sand: Deploying version ${now.version} to ${targetName(now.target)}${by(now.by)}`;
    case 'waits':
      return `:eyes: ${now.offers
        .slice(0, TARGETS)
        .map(({ version, target }) => `Version ${version} waits for a yes in ${targetName(target)}`)
        .join(', ')}`;
    case 'ready':
      return `Version ${now.version} is ready`;
    case 'failed':
      return `:x: Failed: ${oneLine(escapeText(clip(now.why, WHY_CHARACTERS)))}`;
    case 'not deployed':
      return `${NOT_DEPLOYED[now.how](now.version, targetName(now.target))}${now.why === '' ? '' : `: ${oneLine(escapeText(clip(now.why, WHY_CHARACTERS)))}`}`;
    case 'stopped':
      return ':octagonal_sign: Stopped';
    case 'quiet':
      return '';
  }
}

const NOT_DEPLOYED = {
  none: (version: number, target: string) => `:x: Version ${version} was not deployed to ${target}`,
  half: (version: number, target: string) => `:x: Version ${version} was deployed halfway to ${target}`,
  unknown: (version: number, target: string) => `:warning: How the deployment of version ${version} to ${target} ended is not known`,
};

/** "Deployed: dev v2 by @ana, prod v1 by @ben". */
function deployedLine(deployed: Status['deployed']): string {
  const all = deployed.slice(0, TARGETS).map(({ target, version, by: who }) => `${targetName(target)} v${version}${by(who)}`);
  return `:white_check_mark: Deployed: ${all.join(', ')}`;
}

const targetName = (target: string) => `*${oneLine(escapeText(clip(target, 60)))}*`;
const by = (user: string | undefined) => (user === undefined ? '' : ` by <@${user}>`);
