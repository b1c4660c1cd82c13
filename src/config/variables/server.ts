// What every program that listens has: a workspace, a port and a log.
import { clockScale, count, devCatalog, devSchema, host, oneOf, port, teamFolder, text } from './value-types.ts';

export const LogVariables = {
  LOG_LEVEL: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent')
    .default('info')
    .meta({ description: 'The least level that is logged.' }),
};

/** Where development copies write. */
export const DevDataVariables = { DAB_DEV_SCHEMA: devSchema, DAB_DEV_CATALOG: devCatalog };

export const ServerVariables = {
  DATABRICKS_HOST: host.meta({ description: 'The workspace. Databricks Apps sets it.' }),
  DATABRICKS_APP_PORT: port.default(8000).meta({ description: 'Where it listens. Databricks Apps sets it.' }),
  DATABRICKS_APP_NAME: text.optional().meta({
    description:
      'Set by Databricks Apps, and by nobody else: its proxy signs callers in, and its disk ends with each deployment of the app.',
  }),
  DATABRICKS_CLIENT_ID: text
    .optional()
    .meta({ description: 'The app’s own identity, used for `LAKEBASE_ENDPOINT` and `DAB_CLI_ARCHIVE` alone. Databricks Apps sets it.' }),
  DATABRICKS_CLIENT_SECRET: text.optional().meta({ description: 'Its secret. Databricks Apps sets it.', secret: true }),
  DAB_TEAM_FOLDER: teamFolder,
  ...DevDataVariables,
  ...LogVariables,
  DAB_CLOCK_SCALE: clockScale.optional().meta({
    description: 'For tests over the playground, which sets it: how many times as fast time goes, and since when. Leave unset.',
  }),
  DAB_DIE_AFTER_WRITES: count.optional().meta({
    description:
      'For tests of crashes over the playground: after how many stored changes the program ends as if it was killed. Leave unset.',
  }),
  DAB_STOP_AFTER_WRITES: count.optional().meta({
    description: 'For tests of pauses over the playground: after how many stored changes the program stands still. Leave unset.',
  }),
};
