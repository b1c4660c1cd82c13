// The whole proof as a modal: what is not identical first.
import type { KnownBlock, ModalView } from '@slack/types';
import type { Proof, ProofEntry } from '../../../bundle/proof/proof.ts';
import { during } from '../../../values/stalls.ts';
import { section } from '../blocks.ts';
import { clip, escapeText } from '../slack-text.ts';

/** Entries a modal lists: 100 blocks at most, and nobody reads more there; PROOF.md in the zip has all. */
const SHOWN = 80;
const ORDER = ['lost', 'edited', 'decided', 'added', 'variable', 'source', 'identical'] as const;
const WORDS = {
  lost: ':x: lost',
  edited: ':pencil2: changed in this thread',
  decided: 'decided by platform or mode',
  added: 'added: the platform would fill it in',
  variable: ':link: variable or reference',
  source: ':page_facing_up: file of the bundle',
  identical: ':white_check_mark: identical',
} as const;

/** Its line alone, and in words why the rest is not shown (yet). */
export function renderProofLine(line: string, words: string): ModalView {
  return proofModal([section(escapeText(line)), section(escapeText(words))]);
}

export function renderProofModal(proof: Proof, line: string): ModalView {
  const entries = ORDER.flatMap((verdict) => proof.entries.filter((entry) => entry.verdict === verdict));
  const shown = entries.slice(0, SHOWN);
  return proofModal([
    section(`${escapeText(line)}\nAs target *${escapeText(proof.target)}* resolves them. Judge: ${escapeText(proof.judge)}.`),
    ...proof.warnings.slice(0, 5).map((warning) => section(`:warning: ${escapeText(clip(warning, 500))}`)),
    { type: 'divider' },
    ...during('drawing a proof', () => shown.map((entry) => section(entryLine(entry)))),
    ...(entries.length > shown.length ? [section(`… and ${entries.length - shown.length} more in PROOF.md of the zip`)] : []),
  ]);
}

function proofModal(blocks: KnownBlock[]): ModalView {
  return {
    type: 'modal',
    callback_id: 'proof',
    title: { type: 'plain_text', text: 'Proof' },
    close: { type: 'plain_text', text: 'Close' },
    blocks,
  };
}

function entryLine(entry: ProofEntry): string {
  const value = (json: ProofEntry['was']) =>
    json === undefined ? 'nothing' : `\`${escapeText(clip(jsonText(json).replaceAll('`', "'"), 120))}\``;
  const values = entry.verdict === 'identical' ? value(entry.was) : `${value(entry.was)} → ${value(entry.is)}`;
  return `${WORDS[entry.verdict]} · *${escapeText(clip(entry.place, 200))}*\n${values}${entry.why === undefined ? '' : ` (${escapeText(clip(entry.why, 200))})`}`;
}

/** JSON text of a value whose long integers are BigInt. */
function jsonText(json: unknown): string {
  return JSON.stringify(json, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
}
