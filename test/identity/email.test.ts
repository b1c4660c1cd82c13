// Which addresses are one mailbox.
import { describe, expect, it } from 'vitest';
import { isSameEmail } from '../../src/identity/email.ts';

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
