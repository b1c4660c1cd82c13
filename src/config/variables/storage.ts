// Where rows are kept: Postgres on a server, or else embedded in a folder. The names are libpq's, which Databricks Apps sets for Lakebase.
import { oneOf, port, text } from './value-types.ts';

export const StorageVariables = {
  PGHOST: text.optional().meta({ description: 'A Postgres server. Unset: Postgres is embedded, in `DAB_DATA_DIR`, for one process.' }),
  PGPORT: port.default(5432).meta({ description: 'Its port.' }),
  PGDATABASE: text.default('databricks_postgres').meta({ description: 'The database on it.' }),
  PGUSER: text.optional().meta({ description: 'Whom to connect as; needed with `PGHOST`.' }),
  PGPASSWORD: text.optional().meta({ description: 'That user’s password.', secret: true }),
  PGSSLMODE: oneOf('disable', 'prefer', 'require', 'verify-full').default('require').meta({
    description: '`disable` connects in the clear, `prefer` encrypts without checking the certificate, the others check it.',
  }),
  DAB_DATA_DIR: text.default('.data').meta({ description: 'The folder of the embedded Postgres.' }),
};
