// The door to Postgres as rooms see it: parameterised SQL and transactions, the same over PGlite and over a server.

export type Row = Record<string, unknown>;

/** A row of ours as its type has it: `slack_user` is slackUser, and a column that is null is absent. */
export function typed<R>(row: Row): R {
  const entries = Object.entries(row).filter(([, value]) => value !== null);
  return Object.fromEntries(
    entries.map(([name, value]) => [name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()), value]),
  ) as R;
}

/** No text in Postgres may hold U+0000, nor one in jsonb half of a pair: foreign text may, and so may one that was cut. */
const holdable = (text: string) => text.replaceAll('\0', '\ufffd').toWellFormed();

/** A value for a jsonb column, with a sign in the place of what it can't hold. */
export function jsonbOf(value: unknown): string {
  return jsonbText(JSON.stringify(value));
}

/** The same for its JSON text, where JSON.stringify has written what can't be held as an escape. */
export function jsonbText(json: string): string {
  return json.replace(/\\(?:u(0000|d[89a-f]..)|.)/g, (written, unheld?: string) => (unheld === undefined ? written : '\ufffd'));
}

/** The same for a parameter that is a text. */
export function paramOf(value: unknown): unknown {
  return typeof value === 'string' ? holdable(value) : value;
}

/** `query` returns the rows; jsonb comes parsed, bytea as Buffer, timestamptz as Date, int8 and numeric as string. */
export interface Db {
  query<R extends Row = Row>(text: string, params?: readonly unknown[]): Promise<R[]>;
  /** Runs `work` in one transaction on one connection: committed when it resolves, rolled back when it throws. */
  transaction<T>(work: (db: Db) => Promise<T>): Promise<T>;
}
