// Decisions on planned deployments: a named person's yes or no; nothing here runs the CLI.
import type { BundleFile } from '../../bundle/model/bundle.ts';
import type { Db } from '../../storage/db/db.ts';
import { createProposalRows, type ProposalRow, type ProposalRows } from '../../storage/deployment-proposals.ts';
import { doomedBy } from '../policy/rules-of-loss.ts';
import { at, createDecider, decidedWords } from './decide.ts';
import { deploymentProposalOf } from './deployment-proposal.ts';
import { renderReleaseReport } from './release-report.ts';

export function createDeploymentApprovals({ db }: { db: Db }) {
  const rows = createProposalRows(db);
  const decider = createDecider(rows, deploymentProposalOf, {
    unknown: 'I do not know this plan any more. Ask for a fresh one.',
    ofAnother: (row) =>
      `This plan was made as ${row.userName}, and a deployment runs as the person it was planned for. Ask me in this thread for a plan of your own.`,
    expired: (row) => `This plan expired ${at(row.expiresAt)}. Ask for a fresh one.`,
    notOpen: (row) => whyNotOpen(rows, row),
    async obstacle(row, { typed }) {
      const { release, outdated } = deploymentProposalOf(row);
      if (outdated !== undefined) return `${outdated.problem} ${outdated.next}`;
      if (doomedBy(release).length > 0 && typed?.trim() !== row.target)
        return `This deployment deletes something, so nothing was started: press Deploy again and type ${row.target} to go on.`;
      const other = await rows.running(row.id);
      if (other === undefined) return undefined;
      const running = other.state === 'running';
      return `Another deployment of this bundle to ${row.target} ${running ? 'is running' : 'was interrupted and may still be running'} (approved by <@${other.decidedBy}>). Click again when it is over${running ? '' : ', at the latest in 45 minutes'}.`;
    },
  });
  return {
    ...decider,
    ofConversation: rows.ofConversation,
    besideConversation: rows.besideConversation,
    /** RELEASE-<target>.md of a plan; undefined for a plan that is not known, or older than that. */
    async report(id: string): Promise<BundleFile | undefined> {
      const row = await rows.get(id);
      const release = row && deploymentProposalOf(row).release;
      return row && release && renderReleaseReport(row, release);
    },
    /** What an open plan would delete, for people; empty where it deletes nothing, or is not open any more. */
    async doomed(id: string): Promise<readonly string[]> {
      const proposal = await decider.get(id);
      return proposal?.state === 'open' ? doomedBy(proposal.release) : [];
    },
  };
}

async function whyNotOpen(rows: ProposalRows, row: ProposalRow): Promise<string> {
  const decided = decidedWords(row);
  switch (row.state) {
    case 'superseded': {
      const newest = await rows.newest(row);
      return newest !== undefined && newest.version > row.version
        ? `Version ${newest.version} has replaced version ${row.version}. Use the card of version ${newest.version}.`
        : 'A fresher plan of this version has replaced this one. Use the newest card.';
    }
    case 'declined':
      return `This plan was declined${decided}. Ask for a fresh one.`;
    case 'failed':
      return `This plan was approved${decided}, and the deployment failed. A plan is used once: ask for a fresh one.`;
    case 'unknown':
      return `This plan was approved${decided}, and how the deployment ended is not known. Look at the workspace, then ask for a fresh plan.`;
    default:
      return `This plan was approved${decided}${row.state === 'done' ? ' and has been deployed' : ' and is being deployed'}. A plan is used once.`;
  }
}
