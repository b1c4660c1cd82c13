// What a route is given and what it answers; Databricks' error shape {error_code, message} with its status.
import type { Json } from './json.ts';

export interface User {
  /** As SCIM knows them, such as `ana@acme.example`. */
  readonly userName: string;
  readonly id: string;
  readonly displayName: string;
  /** A workspace admin may write everywhere and manage every job. */
  readonly admin: boolean;
  /** Besides `users` and `admins`. */
  readonly groups: readonly string[];
}

/** One request to a route, after its bearer token was accepted. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Buffer;
  readonly user: User;
}

export interface Answer {
  readonly status: number;
  readonly json?: Json | undefined;
  /** In place of JSON: the bytes as they are. */
  readonly bytes?: Uint8Array | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** A route refuses; the server writes it as Databricks does. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export function ok(json: Json = {}, headers?: Record<string, string>): Answer {
  return { status: 200, json, headers };
}

export function raw(bytes: Uint8Array, contentType = 'application/octet-stream'): Answer {
  return { status: 200, bytes, headers: { 'content-type': contentType } };
}

export function page(html: string, status = 200): Answer {
  return { status, bytes: Buffer.from(html), headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' } };
}

export function redirect(location: string): Answer {
  return { status: 302, bytes: new Uint8Array(), headers: { location } };
}

export const invalid = (message: string): Refusal => new Refusal(400, 'INVALID_PARAMETER_VALUE', message);
export const missing = (message: string): Refusal => new Refusal(404, 'RESOURCE_DOES_NOT_EXIST', message);
export const forbidden = (message: string): Refusal => new Refusal(403, 'PERMISSION_DENIED', message);

/** The error codes Databricks sends with a status, for faults (facts: databricks#error-answers, databricks#rate-limits). */
const CODES: Readonly<Record<number, string>> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'RESOURCE_DOES_NOT_EXIST',
  409: 'RESOURCE_CONFLICT',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL_ERROR',
  503: 'TEMPORARILY_UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

export function refusalAnswer(refusal: { status: number; code?: string | undefined; message: string }): Answer {
  return { status: refusal.status, json: { error_code: refusal.code ?? CODES[refusal.status] ?? 'UNKNOWN', message: refusal.message } };
}
