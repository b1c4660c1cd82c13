// Asks an executable which Databricks CLI it is.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { LIMITS } from './limits.ts';

const run = promisify(execFile);

/** Accepted: from 1.9 on, below 2 (the plan's format is ours to read). */
export const ACCEPTED = '1.9 or newer, below 2';

/** The version of a Databricks CLI, such as `1.9.0`; undefined when the file does not run or is something else. */
export async function versionOf(path: string): Promise<string | undefined> {
  try {
    const env = { HOME: '/nonexistent', DATABRICKS_CLI_DISABLE_UPDATE_CHECK: '1', DATABRICKS_CLI_DISABLE_TELEMETRY: '1' };
    const { stdout } = await run(path, ['--version'], { env, timeout: LIMITS.versionMs, maxBuffer: 64 * 1024 });
    return /^Databricks CLI v(\d+\.\d+\.\d+\S*)/m.exec(stdout)?.[1];
  } catch {
    return undefined;
  }
}

/** Whether one accepted version is newer than another: it knows settings that the older one loses (facts: bundles#unknown-fields). */
export function isNewer(version: string, than: string): boolean {
  const parts = (text: string) => text.split('.').map((part) => Number.parseInt(part, 10));
  const [, minor = 0, patch = 0] = parts(version);
  const [, otherMinor = 0, otherPatch = 0] = parts(than);
  return minor > otherMinor || (minor === otherMinor && patch > otherPatch);
}

export function isAccepted(version: string): boolean {
  const [major, minor] = version.split('.').map(Number);
  return major === 1 && minor !== undefined && minor >= 9;
}
