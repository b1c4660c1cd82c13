// Rows of planned deployments that somebody may approve; every change of state is a compare-and-set.
import { type Json, objectOf } from '../values/json.ts';
import { type Db, typed } from './db/db.ts';
import { createDecisions, type Decidable } from './decisions.ts';
import { type Busy, busyAt, lockPlace, type Place } from './deployment-lock.ts';
import { claimPlace, leavePlace, type PlaceRow, placeDeployed } from './deployment-places.ts';

export type { ProposalState } from './decisions.ts';

interface NewProposal {
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
  /** What it would change, as JSON text. */
  readonly release: string;
  readonly cliVersion: string;
  readonly expiresAt: Date;
  /** The place: where it lies, written out, whose it is (`job 123`, `folder /…`), and what the target stands for. */
  readonly rootPath: string;
  readonly subject: string;
  readonly environment: 'development' | 'production';
}

type OfPlace = 'rootPath' | 'subject' | 'environment';

/** Rows from before it was kept lack what is optional here; none of them is open. */
export interface ProposalRow extends Omit<NewProposal, OfPlace | 'release'>, Partial<Pick<NewProposal, OfPlace | 'release'>>, Decidable {}

/** A proposal in the story of its conversation: without its plan, which may be large. */
export interface ProposalInStory
  extends Pick<
    ProposalRow,
    | ('id' | 'version' | 'bundleDigest' | 'target' | 'host' | 'rootPath' | 'environment' | 'userName')
    | ('state' | 'expiresAt' | 'decidedBy' | 'decidedAt')
  > {
  /** What the workspace said where it did not end well: `nothing`, `mix` or `all`. */
  readonly ending?: string;
  /** Why it did not end well. */
  readonly problem?: string;
}

type Start =
  | { readonly kind: 'started'; readonly row: ProposalRow }
  | { readonly kind: 'refused'; readonly row: ProposalRow | undefined }
  | { readonly kind: 'busy'; readonly row: ProposalRow }
  /** Another subject has the place, or production of this one lies elsewhere since. */
  | { readonly kind: 'taken' | 'elsewhere'; readonly row: ProposalRow; readonly place: PlaceRow };

export function createProposalRows(db: Db) {
  return {
    ...createDecisions<ProposalRow>(db, 'proposals'),

    /** Writes how it ended, and to its place what was deployed there, or that nothing was. */
    async finish(id: string, state: 'done' | 'failed' | 'unknown', result: unknown): Promise<void> {
      await db.transaction(async (tx) => {
        await createDecisions<ProposalRow>(tx, 'proposals').finish(id, state, result);
        if (state === 'done') await placeDeployed(tx, id);
        if (state === 'failed' && objectOf(result as Json).ending === 'nothing') await leavePlace(tx, id);
      });
    },

    /** Stores an open proposal; open ones of the same conversation and target become superseded, since people see the newest card. */
    async insert(proposal: NewProposal): Promise<ProposalRow> {
      return await db.transaction(async (tx) => {
        await tx.query(`update proposals set state = 'superseded' where conversation_id = $1 and target = $2 and state = 'open'`, [
          proposal.conversationId,
          proposal.target,
        ]);
        const [row] = await tx.query(
          `insert into proposals (id, conversation_id, version, bundle_digest, target, host, user_name, slack_user, plan, plan_digest, release, cli_version, expires_at,
             root_path, subject, environment)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) returning *`,
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
            proposal.release,
            proposal.cliVersion,
            proposal.expiresAt,
            proposal.rootPath,
            proposal.subject,
            proposal.environment,
          ],
        );
        if (row === undefined) throw new Error(`Proposal ${proposal.id} was not stored.`);
        return typed<ProposalRow>(row);
      });
    },

    /** The newest proposal of the same conversation and target. */
    async newest(of: { conversationId: string; target: string }): Promise<ProposalRow | undefined> {
      const [row] = await db.query(
        'select * from proposals where conversation_id = $1 and target = $2 order by created_at desc, version desc limit 1',
        [of.conversationId, of.target],
      );
      return row && typed<ProposalRow>(row);
    },

    /** All of a conversation, oldest first. */
    async ofConversation(conversationId: string): Promise<ProposalInStory[]> {
      const rows = await db.query(`select ${IN_STORY} from proposals where conversation_id = $1 order by created_at`, [conversationId]);
      return rows.map(typed<ProposalInStory>);
    },

    /** What was begun from other conversations in the places that this one has deployed to, oldest first. */
    async besideConversation(conversationId: string): Promise<ProposalInStory[]> {
      const rows = await db.query(
        `select ${IN_STORY} from proposals where conversation_id <> $1 and state in ('running', 'done', 'failed', 'unknown')
           and (host, root_path) in (${placesOf('$1')}) order by created_at`,
        [conversationId],
      );
      return rows.map(typed<ProposalInStory>);
    },

    /**
     * The digests of the bundles that may lie at a path: the one that was deployed there last, and those that were begun since and did not end
     * well. In no order; empty where this bot has deployed nothing there.
     */
    async bundlesAt({ host, rootPath }: { readonly host: string; readonly rootPath: string }): Promise<string[]> {
      const found = await db.query(
        `with begun as (select bundle_digest, state, decided_at from proposals
           where host = $1 and root_path = $2 and state in ('running', 'done', 'failed', 'unknown'))
         select distinct on (bundle_digest) bundle_digest, decided_at from begun
         where decided_at >= (select max(decided_at) from begun where state = 'done') order by bundle_digest, decided_at desc`,
        [host, rootPath],
      );
      return found.map((row) => String(row.bundle_digest));
    },

    /** Has it looked for from then on how a deployment ended that nobody saw end. */
    async lookAt(id: string, at: Date): Promise<void> {
      await db.query(`update proposals set next_look = $2 where id = $1 and state = 'unknown'`, [id, at]);
    },

    /** Deployments whose end is due to be looked for, longest due first. */
    async dueForLook(now: Date, limit: number): Promise<ProposalRow[]> {
      const due = "select * from proposals where state = 'unknown' and next_look <= $1 order by next_look limit $2";
      return (await db.query(due, [now, limit])).map(typed<ProposalRow>);
    },

    /** Takes a look that is due, once among all processes, and says when the next one is. */
    async takeLook(id: string, now: Date, next: Date): Promise<boolean> {
      const taken = "update proposals set next_look = $3 where id = $1 and state = 'unknown' and next_look <= $2 returning id";
      return (await db.query(taken, [id, now, next])).length === 1;
    },

    /** What runs now at the same place. */
    async running(id: string): Promise<Busy | undefined> {
      const place = await placeOf(db, id);
      return place && (await busyAt(db, place, id));
    },

    /** approved → running, once ever, and only while nothing else runs at the same place. */
    async start(id: string): Promise<Start> {
      return await db.transaction(async (tx) => {
        const place = await placeOf(tx, id);
        if (place !== undefined) await lockPlace(tx, place);
        const [row] = await tx.query('select * from proposals where id = $1', [id]);
        if (row === undefined || place === undefined || row.state !== 'approved')
          return { kind: 'refused', row: row && typed<ProposalRow>(row) };
        if ((await busyAt(tx, place, id)) !== undefined) return { kind: 'busy', row: typed<ProposalRow>(row) };
        const claim = await claimPlace(tx, id);
        if (claim.kind !== 'claimed') return { ...claim, row: typed<ProposalRow>(row) };
        const [started] = await tx.query(`update proposals set state = 'running' where id = $1 and state = 'approved' returning *`, [id]);
        return started === undefined
          ? { kind: 'refused', row: typed<ProposalRow>(row) }
          : { kind: 'started', row: typed<ProposalRow>(started) };
      });
    },

    /** Whether a deployment to this place has ever taken the originals over; of rows without a place, one of this name and target. */
    async boundAt({ host, rootPath, bundle, target }: Place & { readonly bundle: string; readonly target: string }): Promise<boolean> {
      const rows = await db.query(
        `select 1 from proposals p join bundles b on b.digest = p.bundle_digest
         where p.host = $1 and (p.root_path = $2 or (p.root_path is null and b.meta->>'name' = $3)) and p.target = $4
           and p.state in ('running', 'done', 'failed', 'unknown') and b.meta->'adoption'->>$4 = 'bind' limit 1`,
        [host, rootPath, bundle, target],
      );
      return rows.length > 0;
    },
  };
}

const IN_STORY = `id, version, bundle_digest, target, host, root_path, environment, user_name, state, expires_at, decided_by, decided_at,
  result->>'ending' as ending, result->>'problem' as problem`;

/** The places that a conversation has deployed to, as a query; `parameter` is its id. */
export function placesOf(parameter: string): string {
  return `select host, root_path from proposals where conversation_id = ${parameter} and state in ('done', 'failed', 'unknown')`;
}

export type ProposalRows = ReturnType<typeof createProposalRows>;

async function placeOf(db: Db, id: string): Promise<Place | undefined> {
  const [row] = await db.query('select host, root_path from proposals where id = $1 and root_path is not null', [id]);
  return row && { host: String(row.host), rootPath: String(row.root_path) };
}
