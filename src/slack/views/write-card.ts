// The card of a proposed write: what exactly will happen, as whom, where, until when; then what became of it. Drawn from its row.
import type { KnownBlock } from '@slack/types';
import type { Write } from '../../deployment/approval/write.ts';
import type { WriteProposal, WriteResult } from '../../deployment/approval/write-result.ts';
import { scrub } from '../../values/log.ts';
import { button, confirmed, context, type Message, section } from './blocks.ts';
import { LIMITS } from './limits.ts';
import { clip, durationWords, escapeText, linkTo, oneLine, slackDate } from './slack-text.ts';

/** Of a result's table, so that statement and table fit into the 13,200 characters of one message (facts: slack#blocks-and-their-limits). */
const TABLE_CHARACTERS = 3000;
/** Of Databricks' own words. */
const SAID_CHARACTERS = 1000;

const NO_VERSION = 'This bundle is no version of this thread, so there is no plan of it to approve. Ask me to deploy the newest version.';

/** `doing` is what a running write is at. */
export function renderWriteCard(proposal: WriteProposal, doing?: string): Message {
  const title = titleOf(proposal.write);
  // A card that is over is a record.
  const alarm = proposal.danger && ['open', 'approved', 'running'].includes(proposal.state);
  const head = `${alarm ? ':rotating_light: ' : ''}*${oneLine(escapeText(title))}*`;
  const blocks: KnownBlock[] = [
    section(head),
    ...exactBlocks(proposal.write),
    context(facts(proposal)),
    ...stateBlocks(proposal, title, doing),
  ];
  return { text: clip(escapeText(`${title}: ${STATE_WORDS[proposal.state]}`), LIMITS.sectionText), blocks };
}

/** How it ended, for the person who approved it: edits of the card notify nobody (facts: slack#text-and-notifications). */
export function renderWriteResult(to: string, proposal: WriteProposal): Message {
  const { result, write } = proposal;
  const title = oneLine(escapeText(titleOf(write)));
  const link = result?.link === undefined ? '' : ` ${linkTo(result.link.url, result.link.text)}`;
  const line =
    result === undefined || result.state === 'done'
      ? `<@${to}> ${doneWords(title, result)}${link}`
      : `<@${to}> ${title}: ${endWords(result)}${link}`;
  return { text: clip(line, LIMITS.sectionText), blocks: [section(line), ...saidBlocks(result?.run === undefined ? {} : result)] };
}

/** "Started" is not "done". */
function doneWords(title: string, result: WriteResult | undefined): string {
  if (result?.startedOnly) return `Started: ${title}. I don’t follow it; look there for how it ends.`;
  if (result?.run === undefined) return `Done: ${title}.`;
  return result.problem === undefined ? `${title}: succeeded${took(result, ' after')}.` : `${title}: ${endWords(result)}`;
}

const STATE_WORDS: Record<WriteProposal['state'], string> = {
  open: 'waits for your click',
  declined: 'not done',
  superseded: 'replaced by a newer card',
  approved: 'approved',
  running: 'under way',
  done: 'done',
  failed: 'failed',
  unknown: 'outcome unknown',
};

function titleOf(write: Write): string {
  const name = (text: string) => `“${clip(text, 80)}”`;
  switch (write.kind) {
    case 'run_job':
      return `Run job ${write.job_id} ${name(write.job_name)}`;
    case 'sql':
      return `Execute SQL on warehouse ${name(write.warehouse_name)} (${write.warehouse_id})`;
    case 'upload_bundle':
      return `Upload bundle ${name(write.bundle_name)}, ${write.files} files`;
    case 'run_bundle':
      return `Run ${clip(write.key, 80)} of bundle ${name(write.bundle_name)} as it is deployed to ${clip(write.target, 80)}`;
    case 'deploy_bundle':
      return `Deploy bundle ${name(write.bundle_name)} to ${clip(write.target, 80)}`;
    case 'destroy_bundle':
      return `Destroy what bundle ${name(write.bundle_name)} has deployed to ${clip(write.target, 80)}`;
  }
}

/** The arguments in full, as code: what is approved must have been seen. */
function exactBlocks(write: Write): KnownBlock[] {
  switch (write.kind) {
    case 'run_job':
    case 'run_bundle': {
      const given = Object.keys(write.parameters).length > 0;
      const shared = write.kind === 'run_bundle' && write.shared !== undefined ? [section(`:warning: ${escapeText(write.shared)}`)] : [];
      return given
        ? [...shared, section('With these parameters:'), code(JSON.stringify(write.parameters, null, 2))]
        : [...shared, context('With its own parameters.')];
    }
    case 'sql':
      return [code(write.statement)];
    case 'upload_bundle':
      return [section('Into this folder; files of the same names there are replaced:'), code(write.folder)];
    case 'deploy_bundle':
      return [];
    case 'destroy_bundle':
      return [
        section('This deletes, with the folder of the deployment’s files and the runs of its jobs:'),
        code(write.resources.join('\n')),
      ];
  }
}

function facts({ write, userName, host, digest, state, expiresAt }: WriteProposal): string {
  const where = escapeText(clip(host.replace(/^https?:\/\//, ''), 100));
  const until = state === 'open' ? ` · the offer ends ${slackDate(expiresAt)}` : '';
  const bundle = 'bundle' in write ? ` · bundle ${write.bundle.slice(0, 8)}` : '';
  return `As ${oneLine(escapeText(clip(userName, 200)))} in ${where}${bundle} · ${digest.slice(0, 8)}${until}`;
}

function stateBlocks(proposal: WriteProposal, title: string, doing: string | undefined): KnownBlock[] {
  const by = proposal.decidedBy === undefined ? '' : ` by <@${proposal.decidedBy}>`;
  switch (proposal.state) {
    case 'open':
      if (proposal.write.kind === 'deploy_bundle') return [context(NO_VERSION)];
      return [
        { type: 'actions', block_id: 'write', elements: [runButton(proposal, title), button('Not now', 'write_not_now', proposal.id)] },
      ];
    case 'declined':
      return [context(`Not done: declined${by}. Ask me again if you want it after all.`)];
    case 'superseded':
      return [context('A newer card has replaced this one: use that.')];
    case 'approved':
    case 'running': {
      const { run, link } = proposal.result ?? {};
      if (run !== undefined) {
        const since = slackDate(new Date(run.startedAt));
        return [
          section(
            `:hourglass_flowing_sand: Approved${by} and started ${since}. I say here how it ends.${link === undefined ? '' : ` ${linkTo(link.url, link.text)}`}`,
          ),
        ];
      }
      return [
        section(`:hourglass_flowing_sand: Approved${by}. Under way…`),
        ...(doing === undefined ? [] : [context(escapeText(clip(scrub(doing), 300)))]),
      ];
    }
    case 'done':
    case 'failed':
    case 'unknown': {
      const result = proposal.result ?? { state: proposal.state };
      return [section(endLine(result, by)), ...resultBlocks(result)];
    }
  }
}

function endLine(result: WriteResult, by: string): string {
  if (result.state !== 'done') return `:x: Approved${by}. ${endWords(result)}`;
  if (result.startedOnly) return `:white_check_mark: Approved${by} and started. I don’t follow it; look there for how it ends.`;
  if (result.problem !== undefined) return `:warning: Approved${by}. ${endWords(result)}`;
  return `:white_check_mark: Approved${by}${result.run === undefined ? ' and done' : `. The run succeeded${took(result, ' after')}`}.`;
}

/** What went wrong and what to do; our own words. */
function endWords({ state, problem, next, run, ms }: WriteResult): string {
  const what = problem ?? (state === 'unknown' ? 'I do not know how it ended.' : 'It did not work.');
  const long = run === undefined || ms === undefined ? '' : ` It took ${durationWords(ms)}.`;
  return escapeText(clip(scrub(`${what}${long} ${next ?? 'Ask me again in the thread.'}`), 1500));
}

const took = ({ ms }: WriteResult, before: string) => (ms === undefined ? '' : `${before} ${durationWords(ms)}`);

function resultBlocks(result: WriteResult): KnownBlock[] {
  const { link, table } = result;
  return [
    ...(link === undefined ? [] : [section(linkTo(link.url, link.text))]),
    ...saidBlocks(result),
    ...(table === undefined ? [] : tableBlocks(table)),
  ];
}

function saidBlocks({ said }: Pick<WriteResult, 'said'>): KnownBlock[] {
  return said === undefined ? [] : [context('Databricks says:'), code(clip(scrub(said), SAID_CHARACTERS))];
}

function tableBlocks({ columns, rows, more }: NonNullable<WriteResult['table']>): KnownBlock[] {
  const kept: string[][] = [];
  let size = 0;
  for (const row of [columns, ...rows]) {
    size += row.reduce((sum, value) => sum + value.length + 1, 0);
    if (size > TABLE_CHARACTERS) break;
    kept.push([...row]);
  }
  const all = kept.length === rows.length + 1;
  const cut = more || !all ? [context('There is more than is shown here.')] : [];
  if (kept.length === 0) return cut;
  const cells = kept.map((row) => row.map((value) => ({ type: 'raw_text' as const, text: visible(scrub(value)) || ' ' })));
  return [{ type: 'table', rows: cells }, ...(rows.length === 0 ? [context('No rows.')] : []), ...cut];
}

function runButton({ id, write, danger, userName }: WriteProposal, title: string) {
  const label = write.kind === 'destroy_bundle' ? 'Destroy it' : write.kind === 'upload_bundle' ? 'Upload it' : 'Run it';
  const run = button(label, 'write_run', id, danger ? 'danger' : 'primary');
  if (!danger) return run;
  return confirmed(run, `${label}?`, `${oneLine(escapeText(title))}, as ${escapeText(userName)}. This can’t be undone.`, label);
}

/** Foreign text as code: a text element of a preformatted block, in which nothing is markup. */
function code(text: string): KnownBlock {
  const element = { type: 'text' as const, text: visible(scrub(text)) || ' ' };
  return { type: 'rich_text', elements: [{ type: 'rich_text_preformatted', elements: [element] }] };
}

/** Characters that a reader does not see could make a statement read otherwise than it runs: they are spelled out. */
function visible(text: string): string {
  return text.replace(/\p{Cf}|(?![\t\n])\p{Cc}|[\u2028\u2029]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
