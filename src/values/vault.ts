// Seals tokens for the database: AES-256-GCM, bound to the row they belong to, with a ring of keys.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

export interface VaultKey {
  readonly keyId: string;
  /** 32 random bytes. */
  readonly key: Uint8Array;
}

export interface Vault {
  /** Encrypts under the current key. `row` names where they are kept: sealed bytes open there only (facts: security#token-storage). */
  seal(text: string, row: readonly string[]): { sealed: Buffer; keyId: string };
  /** The text, or undefined when it can't be opened: unknown key, changed bytes, or bytes of another row. */
  open(sealed: Uint8Array, keyId: string, row: readonly string[]): string | undefined;
  /** A key for another purpose, derived from the current one. */
  derive(purpose: string): Buffer;
}

const KEY_BYTES = 32;
/** Sizes that NIST SP 800-38D recommends for GCM. */
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** A vault that writes with `current` and still reads what `old` keys wrote. */
export function createVault(current: VaultKey, old: readonly VaultKey[] = []): Vault {
  for (const { key, keyId } of [current, ...old]) {
    if (key.byteLength !== KEY_BYTES) throw new Error(`Vault key ${keyId} has ${key.byteLength} bytes, it needs ${KEY_BYTES}.`);
  }
  const ring = new Map([...old, current].map((entry) => [entry.keyId, entry.key]));

  return {
    seal(text, row) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', current.key, iv, { authTagLength: TAG_BYTES });
      cipher.setAAD(rowBytes(current.keyId, row));
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return { sealed: Buffer.concat([iv, cipher.getAuthTag(), body]), keyId: current.keyId };
    },

    open(sealed, keyId, row) {
      const key = ring.get(keyId);
      if (key === undefined || sealed.byteLength < IV_BYTES + TAG_BYTES) return undefined;
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
        decipher.setAAD(rowBytes(keyId, row));
        decipher.setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
        return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
      } catch {
        return undefined;
      }
    },

    derive: (purpose) => Buffer.from(hkdfSync('sha256', current.key, new Uint8Array(), `dab-bot ${purpose}`, KEY_BYTES)),
  };
}

/** JSON, so that no two lists of names have the same bytes. */
function rowBytes(keyId: string, row: readonly string[]): Buffer {
  return Buffer.from(JSON.stringify([keyId, ...row]), 'utf8');
}
