// Secrets never leave: every value is masked wherever it stands, under the name that it has once got.
import { describe, expect, it } from 'vitest';
import { calledIn, callSecrets } from '../../../src/bundle/secrets/called-secrets.ts';
import { createMask } from '../../../src/bundle/secrets/mask-secrets.ts';
import { fc } from '../../fast-check.ts';

function masked(text: string, ...values: string[]) {
  const file = { path: 'a.py', bytes: Buffer.from(text) };
  const secrets = values.map((value) => {
    const start = text.indexOf(value);
    return { path: 'a.py', line: 1, start, end: start + value.length, kind: 'password' };
  });
  const mask = createMask({ files: [file], secrets });
  return { ...mask, text: mask.file(file) };
}

describe('createMask', () => {
  it('masks a value wherever it stands, and names each of several', () => {
    const { mask, text } = masked('a = "hunter22"; b = "swordfish"', 'hunter22', 'swordfish');
    expect(text).toBe('a = "<secret password>"; b = "<secret 2 password>"');
    expect(mask('log: swordfish and hunter22hunter22')).toBe('log: <secret 2 password> and <secret password><secret password>');
  });

  it('names as many as a file may hold', () => {
    const values = Array.from({ length: 13_000 }, (_, index) => `hunter2-${index}x`);
    const file = { path: 'a.py', bytes: Buffer.from(values.map((value) => `"${value}"\n`).join('')) };
    let at = 1;
    const secrets = values.map((value, index) => {
      const start = at;
      at += value.length + 3;
      return { path: 'a.py', line: index + 1, start, end: start + value.length, kind: 'password' };
    });
    const masked = createMask({ files: [file], secrets })
      .file(file)
      .split('\n');
    expect([masked[0], masked[12_999]]).toEqual(['"<secret password>"', '"<secret 13000 password>"']);
    const called = calledIn({ files: [file], secrets });
    const copy = { path: 'b.py', bytes: file.bytes };
    expect(callSecrets({ files: [file, copy], secrets, called }).filter(({ path }) => path === 'b.py')).toHaveLength(13_000);
  });

  it('keeps the name that a value has', () => {
    const file = { path: 'a.py', bytes: Buffer.from('a = "hunter22"') };
    const secrets = [{ path: 'a.py', line: 1, start: 5, end: 13, kind: 'password' }];
    const called = [{ name: 'password', value: 'swordfish' }];
    const { mask } = createMask({ files: [file], secrets, called });
    expect(mask('hunter22 and swordfish')).toBe('<secret 2 password> and <secret password>');
  });

  it('masks a short value only in its place, and where a text is nothing else', () => {
    const { mask, text } = masked('password = "main"; run("main.py", "main")', 'main');
    expect(text).toBe('password = "<secret password>"; run("main.py", "main")');
    expect([mask('main'), mask('in main.py: "main"')]).toEqual(['<secret password>', 'in main.py: "<secret password>"']);
  });

  it('masks what a quoted value means too', () => {
    const { mask } = masked('p: "a\\"b$&c\\u00e9, long"', 'a\\"b$&c\\u00e9, long');
    expect(mask('resolved a"b$&cé, long, written a\\"b$&c\\u00e9, long')).toBe('resolved <secret password>, written <secret password>');
  });

  it('masks the longer of two values that overlap, and nothing within a mask', () => {
    const { mask } = masked('password1 password12 abcdefgh', 'password1', 'password12', 'abcdefgh');
    expect(mask('password12')).toBe('<secret 2 password>');
    expect(
      createMask({
        files: [],
        secrets: [],
        called: [
          { name: 'password abcd', value: 'abcdefgh' },
          { name: 'x', value: 'password abcd' },
        ],
      }).mask('abcdefgh'),
    ).toBe('<secret password abcd>');
  });

  it('never shows the value', () => {
    const value = fc.stringMatching(/^[A-Za-z0-9!$&"\\é]{8,20}$/);
    fc.assert(
      fc.property(value, fc.string(), fc.string(), (secret, before, after) => {
        expect(
          masked(`${secret} x`, secret)
            .mask(before + secret + after)
            .includes(secret),
        ).toBe(false);
      }),
    );
  });
});
