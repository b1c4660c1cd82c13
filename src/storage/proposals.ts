// Rows of proposals: exact writes that somebody may approve; every change of state is a compare-and-set.
import type { Db, Row } from './db.ts';

export type ProposalState = 'open' | 'declined' | 'superseded' | 'approved' | 'running' | 'done' | 'failed' | 'unknown';

export interface NewProposal {
  readonly id: string;
  readonly conversationId: string;
  readonly version: number;
  readonly bundleDigest: string;
  readonly target: string;
  readonly host: string;
  readonly userName: string;
  readonly slackUser: string;
  /** The plan JSON as the CLI printed it. */
  readonly plan: string;
  readonly planDigest: string;
  readonly summary: unknown;
  readonly cliVersion: string;
  readonly expiresAt: Date;
}

export interface ProposalRow extends NewProposal {
  readonly state: ProposalState;
  readonly createdAt: Date;
  readonly decidedBy?: string;
  readonly decidedAs?: string;
  readonly decidedAt?: Date;
  readonly result?: unknown;
}

export type Start =
  | { readonly kind: 'started'; readonly row: ProposalRow }
  | { readonly kind: 'refused'; readonly row: ProposalRow | undefined }
  | { readonly kind: 'busy'; readonly row: ProposalRow; readonly by: ProposalRow };

export function createProposalRows(db: Db) {
  return {
    /** Stores an open proposal; open ones of the same conversation and target become superseded, since people see the newest card. */
    async insert(proposal: NewProposal): Promise<ProposalRow> {
      return await db.transaction(async (tx) => {
        await tx.query(`update proposals set state = 'superseded' where conversation_id = $1 and target = $2 and state = 'open'`, [
          proposal.conversationId,
          proposal.target,
        ]);
        const [row] = await tx.query(
          `insert into proposals (id, conversation_id, version, bundle_digest, target, host, user_name, slack_user, plan, plan_digest, summary, cli_version, expires_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::jsonb, $12, $13) returning *`,
          [
            proposal.id,
            proposal.conversationId,
            proposal.version,
            proposal.bundleDigest,
            proposal.target,
            proposal.host,
            proposal.userName,
            proposal.slackUser,
            proposal.plan,
            proposal.planDigest,
            JSON.stringify(proposal.summary),
            proposal.cliVersion,
            proposal.expiresAt,
          ],
        );
        if (row === undefined) throw new Error(`Proposal ${proposal.id} was not stored.`);
        return rowOf(row);
      });
    },

    async get(id: string): Promise<ProposalRow | undefined> {
      const [row] = await db.query('select * from proposals where id = $1', [id]);
      return row && rowOf(row);
    },

    /** The newest proposal of the same conversation and target. */
    async newest(of: { conversationId: string; target: string }): Promise<ProposalRow | undefined> {
      const [row] = await db.query(
        'select * from proposals where conversation_id = $1 and target = $2 order by created_at desc, version desc limit 1',
        [of.conversationId, of.target],
      );
      return row && rowOf(row);
    },

    /** open → approved or declined, if it has not expired; undefined when it was not open any more. */
    async decide(
      id: string,
      to: 'approved' | 'declined',
      by: { slackUser: string; userName: string; at: Date },
    ): Promise<ProposalRow | undefined> {
      const [row] = await db.query(
        `update proposals set state = $2, decided_by = $3, decided_as = $4, decided_at = $5
         where id = $1 and state = 'open' and ($2 = 'declined' or expires_at > $5) returning *`,
        [id, to, by.slackUser, by.userName, by.at],
      );
      return row && rowOf(row);
    },

    /** The one that runs now for the same host, bundle name and target. */
    async running(id: string): Promise<ProposalRow | undefined> {
      return await runningLike(db, id);
    },

    /**
     * approved → running, once ever, and only while no other runs for the same host, bundle name and target: the development mode of the
     * CLI has no lock of its own (facts: cli 6). All rows that could start are locked first, in one order, so that two callers queue here.
     */
    async start(id: string): Promise<Start> {
      return await db.transaction(async (tx) => {
        await tx.query(
          `select p.id from proposals p join bundles b on b.digest = p.bundle_digest
           where p.state in ('approved', 'running') and (p.host, b.meta->>'name', p.target) in
             (select q.host, c.meta->>'name', q.target from proposals q join bundles c on c.digest = q.bundle_digest where q.id = $1)
           order by p.id for update of p`,
          [id],
        );
        const [row] = await tx.query('select * from proposals where id = $1', [id]);
        if (row === undefined || row.state !== 'approved') return { kind: 'refused', row: row && rowOf(row) };
        const by = await runningLike(tx, id);
        if (by !== undefined) return { kind: 'busy', row: rowOf(row), by };
        const [started] = await tx.query(`update proposals set state = 'running' where id = $1 and state = 'approved' returning *`, [id]);
        return started === undefined ? { kind: 'refused', row: rowOf(row) } : { kind: 'started', row: rowOf(started) };
      });
    },

    /** Writes how it ended; one that recovery has called unknown may still report. */
    async finish(id: string, state: 'done' | 'failed' | 'unknown', result: unknown): Promise<void> {
      await db.query(`update proposals set state = $2, result = $3::jsonb where id = $1 and state in ('approved', 'running', 'unknown')`, [
        id,
        state,
        JSON.stringify(result),
      ]);
    },

    /** Those that a program left behind when it died: approved (never started) and running. */
    async interrupted(): Promise<ProposalRow[]> {
      const rows = await db.query(`select * from proposals where state in ('approved', 'running') order by created_at`);
      return rows.map(rowOf);
    },
  };
}

export type ProposalRows = ReturnType<typeof createProposalRows>;

/** How long a CLI that nobody follows any more may go on: deploys are given up after this (deployment/limits.ts). */
const MAY_RUN = '45 minutes';

async function runningLike(db: Db, id: string): Promise<ProposalRow | undefined> {
  const [row] = await db.query(
    `select p.* from proposals p join bundles b on b.digest = p.bundle_digest
     where (p.state = 'running' or (p.state = 'unknown' and p.result->>'mayRun' = 'true' and p.decided_at > now() - interval '${MAY_RUN}'))
       and p.id <> $1 and (p.host, b.meta->>'name', p.target) in
       (select q.host, c.meta->>'name', q.target from proposals q join bundles c on c.digest = q.bundle_digest where q.id = $1)
     limit 1`,
    [id],
  );
  return row && rowOf(row);
}

function rowOf(row: Row): ProposalRow {
  return {
    id: String(row.id),
    conversationId: String(row.conversation_id),
    version: Number(row.version),
    bundleDigest: String(row.bundle_digest),
    target: String(row.target),
    host: String(row.host),
    userName: String(row.user_name),
    slackUser: String(row.slack_user),
    plan: String(row.plan),
    planDigest: String(row.plan_digest),
    summary: row.summary,
    cliVersion: String(row.cli_version),
    state: String(row.state) as ProposalState,
    createdAt: dateOf(row.created_at),
    expiresAt: dateOf(row.expires_at),
    ...(typeof row.decided_by === 'string' ? { decidedBy: row.decided_by } : {}),
    ...(typeof row.decided_as === 'string' ? { decidedAs: row.decided_as } : {}),
    ...(row.decided_at instanceof Date ? { decidedAt: row.decided_at } : {}),
    ...(row.result === null || row.result === undefined ? {} : { result: row.result }),
  };
}

function dateOf(value: unknown): Date {
  return value instanceof Date ? value : new Date(String(value));
}
