// The random values of a sign-in and how they are checked: link nonce, state, browser cookie, CSRF token.
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Attempt } from '../storage/link-attempts.ts';

/** 256 random bits, safe in a URL. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

/** Has a text the shape of newSecret's? */
export const isSecret = (text: string): boolean => /^[\w-]{43}$/.test(text);

/** sha256 (hex): what is kept of a secret that only has to be recognised. */
export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** Compares without telling by its time where the texts differ. */
export function isEqual(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.byteLength === right.byteLength && timingSafeEqual(left, right);
}

type Bound = Pick<Attempt, 'team' | 'user' | 'slackEmail' | 'host' | 'createdAt'>;

/** `<nonce>.<HMAC>`: the HMAC binds the nonce to who asked and when, so that a state can't be carried over to another attempt. */
export function stateOf(key: Uint8Array, nonce: string, attempt: Bound): string {
  const bound = JSON.stringify([nonce, attempt.team, attempt.user, attempt.slackEmail, attempt.host, attempt.createdAt.getTime()]);
  return `${nonce}.${createHmac('sha256', key).update(bound).digest('base64url')}`;
}

/** The nonce a state claims to be of; what it is worth shows the comparison with stateOf. */
export function nonceOf(state: string): string {
  return state.slice(0, Math.max(0, state.indexOf('.')));
}

/**
 * Are these the same mailbox? Letters A-Z count as a-z and nothing else is folded: Unicode's folding would make other
 * letters (such as the Kelvin sign) equal to ASCII ones.
 */
export function isSameEmail(a: string, b: string): boolean {
  const fold = (text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  return a.includes('@') && fold(a) === fold(b);
}
