// The small rules a sign-in stands on: which addresses are one mailbox, what a vault opens.
import { describe, expect, it } from 'vitest';
import { isSameEmail } from '../../src/identity/email.ts';
import { createVault } from '../../src/identity/vault.ts';
import { keyOf } from './rig.ts';

describe('isSameEmail', () => {
  it.each([
    ['ana@acme.example', 'Ana@ACME.example', true],
    ['ana@acme.example', 'ana@acme.example.evil.test', false],
    ['kim@acme.example', '\u212aim@acme.example', false],
    ['ana@acme.example', ' ana@acme.example', false],
    ['', '', false],
    ['5f1c0e3a-service-principal', '5f1c0e3a-service-principal', false],
  ])('%s and %s: %s', (a, b, same) => {
    expect(isSameEmail(a, b)).toBe(same);
  });
});

describe('the vault', () => {
  const vault = createVault(keyOf('k1'));
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
