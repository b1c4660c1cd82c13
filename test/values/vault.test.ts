// What a vault opens: what it has sealed, for the same row, under a key that it knows.
import { describe, expect, it } from 'vitest';
import { createVault } from '../../src/values/vault.ts';

describe('the vault', () => {
  const vault = createVault({ keyId: 'k1', key: new Uint8Array(32).fill(1) });
  it('opens what it sealed in the same place only, and never twice the same bytes', () => {
    const { sealed, keyId } = vault.seal('secret', ['grant', 'T', 'U']);
    expect(vault.open(sealed, keyId, ['grant', 'T', 'U'])).toBe('secret');
    expect(vault.open(sealed, keyId, ['grant', 'TU'])).toBeUndefined();
    expect(vault.open(sealed, 'k2', ['grant', 'T', 'U'])).toBeUndefined();
    expect(vault.open(sealed.subarray(0, 20), keyId, ['grant', 'T', 'U'])).toBeUndefined();
    expect(vault.seal('secret', ['grant', 'T', 'U']).sealed.equals(sealed)).toBe(false);
  });
  it('wants keys of 32 bytes', () => {
    expect(() => createVault({ keyId: 'short', key: new Uint8Array(16) })).toThrow('32');
  });
});
