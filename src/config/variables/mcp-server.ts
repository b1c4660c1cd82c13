// The variables of the server of the tools, over HTTP and on stdio.
import { z } from 'zod';
import { CliSetup, CliVariables } from './cli.ts';
import { DevDataVariables, LogVariables, ServerVariables } from './server.ts';
import { StorageVariables } from './storage.ts';
import { flag, list, teamFolder, url } from './value-types.ts';

export const McpHttpVariables = z.object({
  ...ServerVariables,
  /** A proxy stands before us that signs people in (facts: databricks#the-apps-proxy). */
  DAB_MCP_PUBLIC_URL: url.optional().meta({
    description: 'Where callers reach it; stands in the sign-in metadata (`/.well-known/oauth-protected-resource`).',
    default: 'this machine, at its port',
  }),
  DAB_MCP_BEARER: flag.default(false).meta({ description: 'Believe `Authorization: Bearer`, as the caller’s Databricks token.' }),
  DAB_MCP_FORWARDED_TOKEN: flag.optional().meta({
    description: 'Believe `X-Forwarded-Access-Token`, which anybody can send where no proxy sets it.',
    default: '`true` in Databricks Apps, else `false`',
  }),
  DAB_MCP_HOSTS: list.optional().meta({
    description: 'The host names it answers to.',
    default: 'its own and loopback; in Databricks Apps any, since the proxy decides',
  }),
  DAB_MCP_ORIGINS: list.default([]).meta({ description: 'Web pages that may call it from a browser.', default: 'none' }),
  ...StorageVariables,
  ...CliVariables.shape,
  ...CliSetup,
});

export const McpStdioVariables = z.object({
  DAB_TEAM_FOLDER: teamFolder,
  ...DevDataVariables,
  ...LogVariables,
  ...CliVariables.shape,
  ...CliSetup,
});

/** Databricks’ unified sign-in, read by its SDK: names that start with one of these. */
export const SIGN_IN_PREFIXES: readonly string[] = ['DATABRICKS_', 'ARM_', 'GOOGLE_'];
