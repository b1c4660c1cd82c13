// The variables of what somebody runs at their own machine: the converter and the playground.
import { z } from 'zod';
import { CliVariables } from './cli.ts';
import { DevDataVariables } from './server.ts';
import { host, teamFolder, text } from './value-types.ts';

export const ConverterVariables = z.object({
  DATABRICKS_HOST: host.optional().meta({ description: 'The workspace to read from, to compare with and to deploy to.' }),
  DATABRICKS_TOKEN: text.optional().meta({
    description: 'Whoever converts. Without both, definitions come from disk and the comparison needs no CLI.',
    secret: true,
  }),
  DAB_TEAM_FOLDER: teamFolder,
  ...DevDataVariables,
  ...CliVariables.shape,
});

export const PlaygroundVariables = z.object({
  ANTHROPIC_API_KEY: text.optional().meta({ description: 'For `--real claude`.', secret: true }),
  DATABRICKS_HOST: host.optional().meta({ description: 'For `--real databricks`.' }),
  DATABRICKS_TOKEN: text.optional().meta({ description: 'For `--real databricks`: ana is whoever it belongs to.', secret: true }),
});

/** What the playground hands on to the programs that it starts, beside what a Go build needs. */
export const HANDED_ON: readonly string[] = [...Object.keys(CliVariables.shape), 'DAB_CLI_SETUP', 'LOG_LEVEL'];
