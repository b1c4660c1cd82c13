// The random values of a sign-in and how they are checked: the link's nonce, the state, the browser's cookie, the CSRF token.
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Attempt } from '../storage/link-attempts.ts';

/** 256 random bits, safe in a URL. */
export const newNonce = (): string => randomBytes(32).toString('base64url');

/** Has a text the shape of newNonce's? */
export const isNonce = (text: string): boolean => /^[\w-]{43}$/.test(text);

/** sha256 (hex): what is kept of a nonce that only has to be recognised. */
export const hashOf = (nonce: string): string => createHash('sha256').update(nonce).digest('hex');

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

/** The nonce that a state claims to be of: believe it only where stateOf makes the same state of it. */
export function nonceOf(state: string): string {
  return state.slice(0, Math.max(0, state.indexOf('.')));
}
