// A decision on anything approvable: by the person it was proposed for, in time, once; a compare-and-set on the row.
import type { createDecisions, Decidable } from '../../storage/decisions.ts';

export interface Decision {
  readonly proposalId: string;
  readonly by: { readonly slackUser: string; readonly identity: { readonly host: string; readonly userName: string } };
  readonly now: Date;
  /** The word that was typed where something would be deleted. */
  readonly typed?: string | undefined;
  /** Of the press: one that is told again is no second one. */
  readonly click?: string | undefined;
}
/** `reason`: words for the person who clicked. */
export type Decided<P> = { readonly ok: true; readonly proposal: P } | { readonly ok: false; readonly reason: string };

/** Words of one kind of proposal for each reason not to. */
interface Refusals<Row> {
  readonly unknown: string;
  readonly ofAnother: (row: Row) => string;
  readonly expired: (row: Row) => string;
  readonly notOpen: (row: Row) => Promise<string>;
  /** What else keeps it from being approved now. */
  readonly obstacle: (row: Row, decision: Decision) => Promise<string | undefined>;
}

export function createDecider<Row extends Decidable, P>(
  rows: Pick<ReturnType<typeof createDecisions<Row>>, 'get' | 'decide'>,
  proposalOf: (row: Row) => P,
  words: Refusals<Row>,
) {
  async function decide(to: 'approved' | 'declined', decision: Decision): Promise<Decided<P>> {
    const { proposalId, by, now } = decision;
    const row = await rows.get(proposalId);
    if (row === undefined) return refuse(words.unknown);
    if (row.state !== 'open') return refuse(await words.notOpen(row));
    if (by.identity.host !== row.host || by.identity.userName.toLowerCase() !== row.userName.toLowerCase())
      return refuse(words.ofAnother(row));
    if (to === 'approved') {
      if (row.expiresAt <= now) return refuse(words.expired(row));
      const obstacle = await words.obstacle(row, decision);
      if (obstacle !== undefined) return refuse(obstacle);
    }
    const decided = await rows.decide(proposalId, to, {
      slackUser: by.slackUser,
      userName: by.identity.userName,
      at: now,
      click: decision.click,
    });
    if (decided !== undefined) return { ok: true, proposal: proposalOf(decided) };
    const after = await rows.get(proposalId);
    return refuse(after === undefined ? words.unknown : await words.notOpen(after));
  }

  return {
    approve: (decision: Decision) => decide('approved', decision),
    decline: (decision: Decision) => decide('declined', decision),
    async get(proposalId: string) {
      const row = await rows.get(proposalId);
      return row && proposalOf(row);
    },
  };
}

const refuse = (reason: string) => ({ ok: false, reason }) as const;

/** ` by <@U1> at 2026-11-24 08:00 UTC`, as far as it is known. */
export function decidedWords(row: Decidable): string {
  const who = row.decidedBy === undefined ? '' : ` by <@${row.decidedBy}>`;
  return `${who}${row.decidedAt === undefined ? '' : ` ${at(row.decidedAt)}`}`;
}

export function at(date: Date): string {
  return `at ${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
