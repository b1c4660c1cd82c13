// Asks an executable which settings it understands.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Models } from '../../bundle/currency/models.ts';
import { modelsOfSchema } from '../../bundle/currency/schema.ts';
import type { Ready } from '../install/locate.ts';
import { LIMITS } from './limits.ts';

const run = promisify(execFile);

/** `bundle schema`, which needs no workspace; undefined where it fails or has a form that we don't know (facts: bundles#unknown-fields). */
export async function readSchema({ path, version }: Pick<Ready, 'path' | 'version'>): Promise<Models | undefined> {
  try {
    const env = { HOME: '/nonexistent', DATABRICKS_CLI_DISABLE_UPDATE_CHECK: '1', DATABRICKS_CLI_DISABLE_TELEMETRY: '1' };
    const { stdout } = await run(path, ['bundle', 'schema'], { env, timeout: LIMITS.schemaMs, maxBuffer: LIMITS.schemaBytes });
    return modelsOfSchema(stdout, version);
  } catch {
    return undefined;
  }
}
