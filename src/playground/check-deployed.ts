// Checks a deployment without the bot's own code: unzips what the thread attached, resolves it with the CLI, compares with what is there.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import { parseJson } from './databricks/http/json.ts';

interface DeployedCheck {
  readonly cli: string;
  readonly zip: Uint8Array;
  readonly target: string;
  readonly host: string;
  readonly token: string;
  readonly jobId: string;
}

/** What the server adds to every job, whatever the bundle says (facts: databricks#job-definitions). */
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
  'tasks.*.notebook_task.source': 'WORKSPACE',
  'tasks.*.for_each_task.task.notebook_task.source': 'WORKSPACE',
  'tasks.*.spark_python_task.source': 'WORKSPACE',
  'tasks.*.sql_task.file.source': 'WORKSPACE',
  'tasks.*.dbt_task.source': 'WORKSPACE',
};

/** Fields that only a bundle's configuration has. */
const OF_THE_CLI = new Set(['permissions', 'lifecycle', 'url', 'id', 'modified_status', 'allow_duplicate_names']);
/** What the server writes into every pipeline's spec. */
const OF_THE_SERVER = new Set(['id', 'pipeline_type', 'data_sampling', 'storage']);

/** Differences between what is in the workspace and the unzipped bundle's resources as `target` resolves them; empty when equal. */
export async function checkDeployed(check: DeployedCheck): Promise<string[]> {
  const resources = await summaryOf(check);
  const isOurs = Object.values(resources.jobs ?? {}).some(({ id }) => id === check.jobId);
  const found = await Promise.all(
    Object.entries(resources).flatMap(([type, group]) =>
      Object.entries(group).map(async ([key, resource]) => {
        const [expected, actual] = await pairOf(type, withIds(resource, resources), check);
        return differences(expected, actual, '').map((words) => `${type}.${key}: ${words}`);
      }),
    ),
  );
  return [...(isOurs ? [] : [`job ${check.jobId} is none of the bundle's`]), ...found.flat()];
}

/** A resource as the bundle says it and as the workspace answers it, without what only one of them has. */
async function pairOf(type: string, resource: unknown, check: DeployedCheck): Promise<[unknown, unknown]> {
  const expected = isRecord(resource) ? resource : {};
  const id = String(expected.id);
  if (type === 'jobs') return [without(expected, OF_THE_CLI), (await read(check, `/api/2.2/jobs/get?job_id=${id}`)).settings];
  if (type === 'pipelines') {
    const { spec } = await read(check, `/api/2.0/pipelines/${id}`);
    return [without(expected, OF_THE_CLI), without(isRecord(spec) ? spec : {}, OF_THE_SERVER)];
  }
  const shown = ({ display_name: name, warehouse_id: warehouse, serialized_dashboard: content }: Record<string, unknown>) => ({
    name,
    warehouse,
    content: parseJson(String(content)),
  });
  return [shown(expected), shown(await read(check, `/api/2.0/lakeview/dashboards/${id}`))];
}

function without(resource: Record<string, unknown>, keys: ReadonlySet<string>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(resource).filter(([key]) => !keys.has(key)));
}

type Resources = Record<string, Record<string, Record<string, unknown>>>;

/** What the CLI says of the unzipped bundle: its resources as the target resolves them, with the ids that they were deployed under. */
async function summaryOf(check: DeployedCheck): Promise<Resources> {
  const folder = await mkdtemp(join(tmpdir(), 'dab-check-'));
  try {
    for (const [zipped, bytes] of Object.entries(unzipSync(check.zip))) {
      // Without the folder that all of it lies in.
      const path = zipped.replace(/^[^/]+\//, '');
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
    const run = promisify(execFile)(check.cli, ['bundle', 'summary', '-o', 'json', '-t', check.target], {
      cwd: folder,
      env,
      maxBuffer: 64 << 20,
    });
    return (parseJson((await run).stdout) as { resources?: Resources }).resources ?? {};
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function read({ host, token }: DeployedCheck, path: string): Promise<Record<string, unknown>> {
  const answer = await fetch(`${host}${path}`, { headers: { authorization: `Bearer ${token}` } });
  const body = parseJson(await answer.text());
  return isRecord(body) ? body : {};
}

/** The value with `${resources.….id}` as the id that the resource was deployed under. */
function withIds(value: unknown, resources: Resources): unknown {
  if (Array.isArray(value)) return value.map((item) => withIds(item, resources));
  if (isRecord(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withIds(item, resources)]));
  const [, type = '', key = ''] = /^\$\{resources\.(\w+)\.([\w-]+)\.id\}$/.exec(String(value)) ?? [];
  const id = resources[type]?.[key]?.id;
  return id === undefined ? value : type === 'jobs' ? parseJson(String(id)) : id;
}

function differences(expected: unknown, actual: unknown, place: string): string[] {
  if (isRecord(expected) && isRecord(actual)) {
    return [...new Set([...Object.keys(expected), ...Object.keys(actual)])].flatMap((key) => {
      const path = place === '' ? key : `${place}.${key}`;
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
