// Decisions on proposals: a named person's yes or no, as compare-and-set on the row; nothing here runs the CLI.
import type { Db } from '../storage/db.ts';
import { createProposalRows, type ProposalRow, type ProposalRows } from '../storage/proposals.ts';
import { type Proposal, proposalOf } from './proposal.ts';

export interface Decision {
  readonly proposalId: string;
  readonly by: { readonly slackUser: string; readonly identity: { readonly host: string; readonly userName: string } };
  readonly now: Date;
}
/** `reason`: words for the person who clicked. */
export type Decided = { readonly ok: true; readonly proposal: Proposal } | { readonly ok: false; readonly reason: string };

export interface Approvals {
  approve(decision: Decision): Promise<Decided>;
  decline(decision: Decision): Promise<Decided>;
  get(proposalId: string): Promise<Proposal | undefined>;
}

export function createApprovals({ db }: { db: Db }): Approvals {
  const rows = createProposalRows(db);
  return {
    approve: (decision) => decide(rows, 'approved', decision),
    decline: (decision) => decide(rows, 'declined', decision),
    async get(proposalId) {
      const row = await rows.get(proposalId);
      return row && proposalOf(row);
    },
  };
}

async function decide(rows: ProposalRows, to: 'approved' | 'declined', { proposalId, by, now }: Decision): Promise<Decided> {
  const row = await rows.get(proposalId);
  if (row === undefined) return refuse('I do not know this plan any more. Ask for a fresh one.');
  if (row.state !== 'open') return refuse(await whyNotOpen(rows, row));
  if (by.identity.host !== row.host || by.identity.userName.toLowerCase() !== row.userName.toLowerCase())
    return refuse(
      `This plan was made as ${row.userName}, and a deployment runs as the person it was planned for. Ask me in this thread for a plan of your own.`,
    );
  if (to === 'approved') {
    if (row.expiresAt <= now) return refuse(`This plan expired ${at(row.expiresAt)}. Ask for a fresh one.`);
    const other = await rows.running(proposalId);
    if (other !== undefined)
      return refuse(
        `Another deployment of this bundle to ${row.target} ${other.state === 'running' ? 'is running' : 'was interrupted and may still be running'} (approved by <@${other.decidedBy ?? other.slackUser}>). Click again when it is over${other.state === 'running' ? '' : ', at the latest in 45 minutes'}.`,
      );
  }
  const decided = await rows.decide(proposalId, to, { slackUser: by.slackUser, userName: by.identity.userName, at: now });
  if (decided !== undefined) return { ok: true, proposal: proposalOf(decided) };
  const after = await rows.get(proposalId);
  return refuse(after === undefined ? 'I do not know this plan any more. Ask for a fresh one.' : await whyNotOpen(rows, after));
}

async function whyNotOpen(rows: ProposalRows, row: ProposalRow): Promise<string> {
  const who = row.decidedBy === undefined ? '' : ` by <@${row.decidedBy}>`;
  const when = row.decidedAt === undefined ? '' : ` ${at(row.decidedAt)}`;
  switch (row.state) {
    case 'superseded': {
      const newest = await rows.newest(row);
      return newest !== undefined && newest.version > row.version
        ? `Version ${newest.version} has replaced version ${row.version}. Use the card of version ${newest.version}.`
        : 'A fresher plan of this version has replaced this one. Use the newest card.';
    }
    case 'declined':
      return `This plan was declined${who}${when}. Ask for a fresh one.`;
    case 'failed':
      return `This plan was approved${who}${when}, and the deployment failed. A plan is used once: ask for a fresh one.`;
    case 'unknown':
      return `This plan was approved${who}${when}, and how the deployment ended is not known. Look at the workspace, then ask for a fresh plan.`;
    default:
      return `This plan was approved${who}${when}${row.state === 'done' ? ' and has been deployed' : ' and is being deployed'}. A plan is used once.`;
  }
}

function refuse(reason: string): Decided {
  return { ok: false, reason };
}

function at(date: Date): string {
  return `at ${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
