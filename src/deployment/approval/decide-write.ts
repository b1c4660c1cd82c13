// Decisions on proposed writes: a named person's yes or no; nothing here carries one out.
import type { Db } from '../../storage/db/db.ts';
import { createWriteRows, type WriteRow } from '../../storage/write-proposals.ts';
import { at, createDecider, decidedWords } from './decide.ts';
import { writeProposalOf } from './write-result.ts';

export function createWriteApprovals({ db }: { db: Db }) {
  const rows = createWriteRows(db);
  const decider = createDecider(rows, writeProposalOf, {
    unknown: 'I do not know this proposal any more. Ask me again in the thread.',
    ofAnother: (row) =>
      `This was proposed for ${row.userName} and runs as them, so only they can decide on it. Ask me in this thread for one of your own.`,
    expired: (row) => `This proposal expired ${at(row.expiresAt)}. Ask me again in the thread.`,
    notOpen: async (row) => whyNotOpen(row),
    // A deployment has a plan, and is approved on its card.
    obstacle: async (row) => (row.kind === 'deploy_bundle' ? 'A deployment is approved on the card of its plan.' : undefined),
  });
  return { ...decider, destroyedOf: rows.destroyedOf };
}

function whyNotOpen(row: WriteRow): string {
  const decided = decidedWords(row);
  switch (row.state) {
    case 'superseded':
      return 'A newer card about the same has replaced this one. Use that.';
    case 'declined':
      return `This was declined${decided}. Ask me again in the thread.`;
    case 'failed':
      return `This was approved${decided}, and it failed. An approval is used once: ask me again in the thread.`;
    case 'unknown':
      return `This was approved${decided}, and how it ended is not known. Look at the workspace, then ask me again in the thread.`;
    default:
      return `This was approved${decided}${row.state === 'done' ? ' and has been done' : ' and is being done'}. An approval is used once.`;
  }
}
