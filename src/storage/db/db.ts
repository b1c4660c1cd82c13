// The door to Postgres as rooms see it: parameterised SQL and transactions, the same over PGlite and over a server.

export type Row = Record<string, unknown>;

/** A row of ours as its type has it: `slack_user` is slackUser, and a column that is null is absent. */
export function typed<R>(row: Row): R {
  const entries = Object.entries(row).filter(([, value]) => value !== null);
  return Object.fromEntries(
    entries.map(([name, value]) => [name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()), value]),
  ) as R;
}

/** `query` returns the rows; jsonb comes parsed, bytea as Buffer, timestamptz as Date, int8 and numeric as string. */
export interface Db {
  query<R extends Row = Row>(text: string, params?: readonly unknown[]): Promise<R[]>;
  /** Runs `work` in one transaction on one connection: committed when it resolves, rolled back when it throws. */
  transaction<T>(work: (db: Db) => Promise<T>): Promise<T>;
}
