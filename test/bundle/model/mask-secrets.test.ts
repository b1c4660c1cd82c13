// Secrets never leave: every value is masked wherever it stands, and an edit of masked text gives it back.
import { describe, expect, it } from 'vitest';
import { createMask } from '../../../src/bundle/model/mask-secrets.ts';
import { fc } from '../../fast-check.ts';

function masked(text: string, ...values: string[]) {
  const secrets = values.map((value) => {
    const start = text.indexOf(value);
    return { path: 'a.py', line: 1, start, end: start + value.length, kind: 'password' };
  });
  return createMask({ files: [{ path: 'a.py', bytes: Buffer.from(text) }], secrets });
}

describe('createMask', () => {
  it('masks a value wherever it stands, and names each of several', () => {
    const { mask, unmask } = masked('a = "hunter22"; b = "swordfish"', 'hunter22', 'swordfish');
    expect(mask('a = "hunter22"; b = "swordfish"')).toBe('a = "<secret password>"; b = "<secret 2 password>"');
    expect(mask('log: swordfish and hunter22hunter22')).toBe('log: <secret 2 password> and <secret password><secret password>');
    expect(unmask('c = "<secret 2 password>" # new')).toBe('c = "swordfish" # new');
  });

  it('masks what a quoted value means too', () => {
    const { mask } = masked('p: "a\\"b$&c\\u00e9"', 'a\\"b$&c\\u00e9');
    expect(mask('resolved a"b$&cé, written a\\"b$&c\\u00e9')).toBe('resolved <secret password>, written <secret password>');
  });

  it('masks the longer of two values that overlap', () => {
    const { mask } = masked('abcdef abcd', 'abcd', 'abcdef');
    expect(mask('abcdef')).not.toContain('ef');
  });

  it('gives any text back that was masked, and never shows the value', () => {
    const value = fc.stringMatching(/^[A-Za-z0-9!$&"\\é]{8,20}$/);
    fc.assert(
      fc.property(value, fc.string(), fc.string(), (secret, before, after) => {
        fc.pre(!before.includes('<secret') && !after.includes('<secret'));
        const { mask, unmask } = masked(`${secret} x`, secret);
        const hidden = mask(before + secret + after);
        expect(hidden.includes(secret)).toBe(false);
        // A value whose quoted form means something else is given back as it stood in the file.
        if (!secret.includes('\\')) expect(unmask(hidden)).toBe(before + secret + after);
      }),
    );
  });
});
