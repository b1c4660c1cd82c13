// What Slack answers instead of a result, and how arguments are read from what a client sent.
import { randomBytes } from 'node:crypto';

export type Dict = Record<string, unknown>;

/** Whether a value is a JSON object. */
export function isDict(value: unknown): value is Dict {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An answer `{ok: false, error}`; `extra` is merged into it. */
export class SlackRefusal extends Error {
  override readonly name = 'SlackRefusal';
  readonly code: string;
  readonly extra: Dict;

  constructor(code: string, extra: Dict = {}) {
    super(code);
    this.code = code;
    this.extra = extra;
  }
}

/** A refusal with Slack's `response_metadata.messages`, which name the places. */
export function refusalWith(code: string, messages: readonly string[]): SlackRefusal {
  return new SlackRefusal(code, { response_metadata: { messages: messages.map((message) => `[ERROR] ${message}`) } });
}

/** The arguments of one call: strings from a form, or values from a JSON body. */
export interface Args {
  readonly has: (name: string) => boolean;
  readonly text: (name: string) => string | undefined;
  /** Like `text`, but a missing one is `invalid_arguments`. */
  readonly need: (name: string) => string;
  /** A value that a form carries as JSON text; `undefined` when absent. @param invalid the error for broken JSON */
  readonly json: (name: string, invalid: string) => unknown;
  readonly flag: (name: string) => boolean;
  readonly number: (name: string) => number | undefined;
}

/** Wraps what came in; an empty string counts as absent, as Slack treats it. */
export function createArgs(values: Readonly<Dict>): Args {
  const raw = (name: string): unknown => (values[name] === '' || values[name] === null ? undefined : values[name]);
  const text = (name: string): string | undefined => {
    const value = raw(name);
    return value === undefined ? undefined : typeof value === 'string' ? value : String(value);
  };
  return {
    has: (name) => raw(name) !== undefined,
    text,
    need(name) {
      const value = text(name);
      if (value === undefined) throw refusalWith('invalid_arguments', [`missing required field: ${name}`]);
      return value;
    },
    json(name, invalid) {
      const value = raw(name);
      if (typeof value !== 'string') return value;
      try {
        return JSON.parse(value);
      } catch {
        throw new SlackRefusal(invalid);
      }
    },
    flag: (name) => ['true', '1', 't'].includes(text(name) ?? ''),
    number(name) {
      const value = text(name);
      return value === undefined || Number.isNaN(Number(value)) ? undefined : Number(value);
    },
  };
}

/** A random id with Slack's look: a letter and capitals. */
export function randomId(prefix: string): string {
  return `${prefix}${randomBytes(6).toString('hex').toUpperCase()}`;
}
