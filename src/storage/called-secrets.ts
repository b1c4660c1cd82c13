// Rows of what was called a secret in a conversation: each value sealed, known again by a keyed hash, under the name of its mask.
import { createHmac } from 'node:crypto';
import type { CalledSecret } from '../bundle/model/bundle.ts';
import { namesOf } from '../bundle/secrets/called-secrets.ts';
import type { Vault } from '../values/vault.ts';
import type { Db } from './db/db.ts';

export interface CalledSecrets {
  /** In the order in which they were called so. What a lost key sealed is left out. */
  of(conversationId: string): Promise<CalledSecret[]>;
  /** Keeps those that are new, each under the name it has or, where another value has that, the next one that is free. */
  keep(conversationId: string, secrets: readonly CalledSecret[]): Promise<void>;
}

/** `hide` is told of all that passes through, in every spelling. */
export function createCalledSecrets(db: Db, vault: Vault, hide: (values: readonly string[]) => void): CalledSecrets {
  const key = vault.derive('called secrets');
  const rowOf = (conversationId: string, hash: string) => ['called secret', conversationId, hash];
  return {
    async of(conversationId) {
      const rows = await db.query<{ hash: string; name: string; sealed: Buffer; key_id: string }>(
        'select hash, name, sealed, key_id from called_secrets where conversation_id = $1 order by seq',
        [conversationId],
      );
      const called = rows.flatMap(({ hash, name, sealed, key_id }) => {
        const value = vault.open(sealed, key_id, rowOf(conversationId, hash));
        return value === undefined ? [] : [{ name, value }];
      });
      hide([...namesOf(called).keys()]);
      return called;
    },

    async keep(conversationId, secrets) {
      hide([...namesOf(secrets).keys()]);
      for (const { name, value } of secrets) {
        const hash = createHmac('sha256', key)
          .update(JSON.stringify([conversationId, value]))
          .digest('hex');
        const { sealed, keyId } = vault.seal(value, rowOf(conversationId, hash));
        for (let free = name; ; free = following(free)) {
          const rows = await db.query(
            `insert into called_secrets (conversation_id, hash, name, sealed, key_id) values ($1, $2, $3, $4, $5)
             on conflict do nothing returning name`,
            [conversationId, hash, free, sealed, keyId],
          );
          if (rows.length > 0) break;
          const known = await db.query('select 1 from called_secrets where conversation_id = $1 and hash = $2', [conversationId, hash]);
          if (known.length > 0) break;
        }
      }
    },
  };
}

/** `password`, `2 password`, `3 password`. */
function following(name: string): string {
  const [, count, kind] = /^(\d+) (.*)$/s.exec(name) ?? [undefined, '1', name];
  return `${Number(count) + 1} ${kind}`;
}
