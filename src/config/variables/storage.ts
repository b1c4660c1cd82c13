// Where rows are kept: Postgres on a server, or else embedded in a folder. The names are libpq's, which Databricks Apps sets for Lakebase.
import { flag, oneOf, port, text } from './value-types.ts';

export const StorageVariables = {
  PGHOST: text.optional().meta({ description: 'A Postgres server. Unset: Postgres is embedded, in `DAB_DATA_DIR`, for one process.' }),
  PGPORT: port.default(5432).meta({ description: 'Its port.' }),
  PGDATABASE: text.default('databricks_postgres').meta({ description: 'The database on it.' }),
  PGUSER: text.optional().meta({ description: 'Whom to connect as; needed with `PGHOST`.' }),
  PGPASSWORD: text.optional().meta({ description: 'That user’s password, if it has one that lasts.', secret: true }),
  LAKEBASE_ENDPOINT: text.optional().meta({
    description:
      'The endpoint in Lakebase (`projects/…/branches/…/endpoints/…`) for which passwords of an hour are fetched, as the app itself, when `PGPASSWORD` is unset.',
  }),
  PGSSLMODE: oneOf('disable', 'prefer', 'require', 'verify-full').default('require').meta({
    description: '`disable` connects in the clear, `prefer` encrypts without checking the certificate, the others check it.',
  }),
  DAB_DB_SCHEMA: text
    .regex(
      /^(?!public$|pg_|pgboss$)[a-z_][a-z0-9_]{0,40}$/,
      'must be small letters, digits and _, and a schema of the bot’s own, not public',
    )
    .default('dab')
    .meta({ description: 'The schema on that server in which the tables are. It is made at the first start.' }),
  DAB_DATA_DIR: text.default('.data').meta({ description: 'The folder of the embedded Postgres.' }),
  DAB_EMBEDDED_IN_APPS: flag.default(false).meta({
    description: 'Embed Postgres in Databricks Apps too, where each deployment of the app begins with an empty database.',
  }),
};
