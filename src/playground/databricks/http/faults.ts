// Faults that a test or a person switches on for a route: a status, a delay, silence or a broken connection.

export interface Fault {
  /** Answer with this status and Databricks' error body; without it only `delayMs` and `until` work. */
  readonly status?: number | undefined;
  readonly message?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** How often; every time when left out. */
  readonly times?: number | undefined;
  /** The route does its work first, then the fault hides its answer: an orphan is made. */
  readonly afterHandler?: boolean | undefined;
  /** By the stand-in's clock. */
  readonly delayMs?: number | undefined;
  /** The request is kept waiting until this has settled. */
  readonly until?: Promise<unknown> | undefined;
  /** Never answer; the connection stays open. */
  readonly hang?: boolean | undefined;
  /** Cut the connection in place of an answer. */
  readonly close?: boolean | undefined;
}

/** Call it to switch the fault off. */
interface SwitchedOn {
  (): void;
  /** Resolves when the fault strikes for the first time: a request of its route has come in. */
  readonly struck: Promise<void>;
}

export interface Faults {
  /**
   * Switches a fault on. `route` is `METHOD /path` or `/path`, where `*` stands for any text, such as `POST /api/2.2/jobs/create` or
   * `GET /api/2.0/workspace/*`.
   */
  on(route: string, fault: Fault): SwitchedOn;
  clear(): void;
  /** The fault that strikes this request, counted as used. */
  take(method: string, path: string): Fault | undefined;
}

interface Armed {
  readonly shape: RegExp;
  readonly fault: Fault;
  left: number;
  readonly strike: () => void;
}

export function createFaults(): Faults {
  let armed: Armed[] = [];
  return {
    on(routeText, fault) {
      const text = /^[A-Z]+ /.test(routeText) ? routeText : `* ${routeText}`;
      const shape = new RegExp(`^${text.split('*').map(escapeShape).join('.*')}$`);
      const { promise: struck, resolve: strike } = Promise.withResolvers<void>();
      const entry: Armed = { shape, fault, left: fault.times ?? Number.POSITIVE_INFINITY, strike };
      armed.push(entry);
      const off = () => {
        armed = armed.filter((other) => other !== entry);
      };
      return Object.assign(off, { struck });
    },
    clear() {
      armed = [];
    },
    take(method, path) {
      const entry = armed.find((candidate) => candidate.left > 0 && candidate.shape.test(`${method} ${path}`));
      if (entry === undefined) return undefined;
      entry.left -= 1;
      entry.strike();
      return entry.fault;
    },
  };
}

function escapeShape(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
