// Checks a deployment without the bot's own code: unzips what the thread attached, resolves it with the CLI, compares with the job that is there.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import { parseJson } from './databricks/json.ts';

export interface DeployedCheck {
  readonly cli: string;
  readonly zip: Uint8Array;
  readonly target: string;
  readonly host: string;
  readonly token: string;
  readonly jobId: string;
}

/** What the server adds to every job, whatever the bundle says (facts: databricks 8). */
const SERVER_DEFAULTS: Record<string, unknown> = {
  format: 'MULTI_TASK',
  timeout_seconds: 0,
  max_concurrent_runs: 1,
  email_notifications: {},
  webhook_notifications: {},
  'tasks.*.timeout_seconds': 0,
  'tasks.*.email_notifications': {},
  'tasks.*.webhook_notifications': {},
  'tasks.*.run_if': 'ALL_SUCCESS',
};

/** Differences between the job in the workspace and the unzipped bundle's only job as `target` resolves it; empty when equal. */
export async function checkDeployed(check: DeployedCheck): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'dab-check-'));
  try {
    for (const [path, bytes] of Object.entries(unzipSync(check.zip))) {
      if (path === 'PROOF.md') continue;
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), bytes);
    }
    const env = {
      HOME: folder,
      DATABRICKS_HOST: check.host,
      DATABRICKS_TOKEN: check.token,
      DATABRICKS_CONFIG_FILE: '/dev/null',
      DATABRICKS_AUTH_TYPE: 'pat',
      DATABRICKS_CLI_DISABLE_TELEMETRY: '1',
    };
    const run = promisify(execFile)(check.cli, ['bundle', 'validate', '-o', 'json', '-t', check.target], {
      cwd: folder,
      env,
      maxBuffer: 64 << 20,
    });
    const resolved = parseJson((await run).stdout) as { resources?: { jobs?: Record<string, unknown> } };
    const answer = await fetch(`${check.host}/api/2.2/jobs/get?job_id=${check.jobId}`, {
      headers: { authorization: `Bearer ${check.token}` },
    });
    const deployed = parseJson(await answer.text()) as { settings?: unknown };
    const [expected] = Object.values(resolved.resources?.jobs ?? {});
    if (expected === undefined || deployed.settings === undefined) return [`no job to compare (${answer.status})`];
    return differences(expected, deployed.settings, '');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Fields that only a bundle's configuration has. */
const BUNDLE_ONLY = new Set(['permissions', 'lifecycle', 'url', 'id', 'modified_status']);

function differences(expected: unknown, actual: unknown, place: string): string[] {
  if (isRecord(expected) && isRecord(actual)) {
    return [...new Set([...Object.keys(expected), ...Object.keys(actual)])].flatMap((key) => {
      const path = place === '' ? key : `${place}.${key}`;
      if (place === '' && BUNDLE_ONLY.has(key) && !(key in actual)) return [];
      if (!(key in expected) && isDefault(path, actual[key])) return [];
      // The CLI sends no empty list: `libraries: []` in a bundle is no libraries in the job.
      if (!(key in actual) && Array.isArray(expected[key]) && expected[key].length === 0) return [];
      return differences(expected[key], actual[key], path);
    });
  }
  if (Array.isArray(expected) && Array.isArray(actual)) {
    const [left, right] = [byKey(expected), byKey(actual)];
    if (left.length !== right.length) return [`${place}: ${left.length} entries in the bundle, ${right.length} in the workspace`];
    return left.flatMap((item, index) => differences(item, right[index], `${place}.${index}`));
  }
  return expected === actual ? [] : [`${place}: ${text(expected)} in the bundle, ${text(actual)} in the workspace`];
}

/** Long integers come as BigInt; JSON.stringify doesn't take them. */
function text(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? item.toString() : item)) ?? 'nothing';
}

function isDefault(path: string, value: unknown): boolean {
  const known = SERVER_DEFAULTS[path.replace(/\.\d+(?=\.|$)/g, '.*')];
  return known !== undefined && text(known) === text(value);
}

/** Tasks, clusters, parameters and environments are sets by key: the CLI sorts tasks. */
function byKey(items: readonly unknown[]): unknown[] {
  const key = (item: unknown) =>
    isRecord(item) ? String(item.task_key ?? item.job_cluster_key ?? item.environment_key ?? item.name ?? '') : '';
  return items.some((item) => key(item) !== '') ? [...items].sort((a, b) => (key(a) < key(b) ? -1 : 1)) : [...items];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
