// Rows of proposed writes: exact arguments that a person may approve once.
import { type Db, typed } from './db/db.ts';
import { createDecisions, type Decidable } from './decisions.ts';
import { busyAt, lockPlace } from './deployment-lock.ts';
import { placesOf } from './deployment-proposals.ts';

interface NewWrite {
  readonly id: string;
  readonly host: string;
  readonly userName: string;
  readonly kind: string;
  /** What it is about: in one conversation a newer proposal about the same replaces the open one. */
  readonly subject: string;
  /** JSON text: what is approved and done is what these bytes say. */
  readonly arguments: string;
  /** sha256 of `arguments`. */
  readonly digest: string;
  readonly expiresAt: Date;
  /** Of a destroy: where what it destroys lies, written out. */
  readonly rootPath?: string | undefined;
}

export interface WriteRow extends NewWrite, Decidable {
  /** Of the turn that shows it; absent until one does. */
  readonly conversationId?: string;
  readonly turnId?: string;
  readonly slackUser?: string;
}

/** Where a proposal was made. */
interface Proposing {
  readonly conversationId: string;
  /** Left out: by a button, not in a turn. */
  readonly turnId?: string;
  readonly slackUser: string;
  /** As whom it was made: only a proposal of the same person is taken in. */
  readonly host: string;
  readonly userName: string;
}

/** A write whose result says that it runs on far away: no process has it in hand. */
const FOLLOWED = "state = 'running' and result->>'state' = 'running'";

export function createWriteRows(db: Db) {
  return {
    ...createDecisions<WriteRow>(db, 'writes'),

    /** Those that wait for whoever carries them out, or are being carried out; what runs on far away is none. */
    async interrupted(): Promise<WriteRow[]> {
      const rows = await db.query(
        `select * from writes where state in ('approved', 'running') and not coalesce(${FOLLOWED}, false) order by created_at`,
      );
      return rows.map(typed<WriteRow>);
    },

    /** What runs on far away and is due for a look, longest due first. */
    async dueForLook(now: Date, limit: number): Promise<WriteRow[]> {
      const rows = await db.query(
        `select * from writes where ${FOLLOWED} and (next_look is null or next_look <= $1) order by next_look nulls first limit $2`,
        [now, limit],
      );
      return rows.map(typed<WriteRow>);
    },

    /** Takes a look that is due, once among all processes, and says when the next one is. */
    async takeLook(id: string, now: Date, next: Date): Promise<boolean> {
      const rows = await db.query(
        `update writes set next_look = $3 where id = $1 and ${FOLLOWED} and (next_look is null or next_look <= $2) returning id`,
        [id, now, next],
      );
      return rows.length === 1;
    },

    /** Idempotent by id. */
    async insert(write: NewWrite): Promise<void> {
      await db.query(
        `insert into writes (id, host, user_name, kind, subject, arguments, digest, expires_at, root_path) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (id) do nothing`,
        [
          write.id,
          write.host,
          write.userName,
          write.kind,
          write.subject,
          write.arguments,
          write.digest,
          write.expiresAt,
          write.rootPath ?? null,
        ],
      );
    },

    /** Takes a proposal into a conversation, once; open ones about the same in it become superseded: the newest card counts. */
    async assign(id: string, to: Proposing): Promise<void> {
      await db.transaction(async (tx) => {
        const [row] = await tx.query<{ subject: string }>(
          `update writes set conversation_id = $2, turn_id = $3, slack_user = $4
           where id = $1 and conversation_id is null and state = 'open' and host = $5 and lower(user_name) = lower($6) returning subject`,
          [id, to.conversationId, to.turnId ?? null, to.slackUser, to.host, to.userName],
        );
        if (row === undefined) return;
        await tx.query(
          `update writes set state = 'superseded' where conversation_id = $1 and subject = $2 and host = $3 and state = 'open' and id <> $4`,
          [to.conversationId, row.subject, to.host, id],
        );
      });
    },

    /** What a turn has proposed, oldest first. */
    async ofTurn(turnId: string): Promise<WriteRow[]> {
      return (await db.query('select * from writes where turn_id = $1 order by created_at, id', [turnId])).map(typed<WriteRow>);
    },

    /** What has been destroyed of a conversation's deployments, from wherever: by target and person, and when it was approved. */
    async destroyedOf(conversationId: string): Promise<{ target: string; userName: string; decidedAt: Date }[]> {
      const rows = await db.query(
        `select arguments::jsonb->>'target' as target, user_name, decided_at from writes
         where (conversation_id = $1 or (host, root_path) in (${placesOf('$1')})) and kind = 'destroy_bundle' and state = 'done'`,
        [conversationId],
      );
      return rows.map(typed<{ target: string; userName: string; decidedAt: Date }>);
    },

    /** approved → running, once ever; where it has a place, only while nothing else runs there. */
    async start(id: string): Promise<WriteRow | 'refused' | 'busy'> {
      return await db.transaction(async (tx) => {
        const [place] = await tx.query('select host, root_path from writes where id = $1 and root_path is not null', [id]);
        if (place !== undefined) {
          const at = { host: String(place.host), rootPath: String(place.root_path) };
          await lockPlace(tx, at);
          if ((await busyAt(tx, at, id)) !== undefined) return 'busy';
        }
        const [row] = await tx.query(`update writes set state = 'running' where id = $1 and state = 'approved' returning *`, [id]);
        return row === undefined ? 'refused' : typed<WriteRow>(row);
      });
    },
  };
}
