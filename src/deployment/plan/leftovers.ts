// Looks for what this bundle made before without its record knowing: making it again would make a duplicate, or be refused.
import type { Bundle, ResourceType } from '../../bundle/model/bundle.ts';
import { RESOURCE_KIND } from '../../bundle/model/resources.ts';
import type { Workspace } from '../../databricks/workspace.ts';
import { UserError } from '../../values/errors.ts';
import { isObject, type JsonObject, objectOf } from '../../values/json.ts';
import { textOf } from '../../values/text.ts';
import { baseName, canonicalFolder } from '../../values/workspace-path.ts';
import { entriesOf, remoteOf } from '../cli/plan-json.ts';
import { readTraces, type Traces } from '../place/traces.ts';
import { type Refusal, refusal } from '../policy/refusals.ts';
import { fileOf, inTheWay, resourceFolder } from './dashboards-in-the-way.ts';

export type FindsLeftovers = Pick<Workspace, 'listJobs' | 'jobsOfBundle' | 'listPipelines' | 'getPipeline' | 'listFolder'>;

interface Planned {
  readonly plan: JsonObject;
  /** `bundle validate -o json` of the target. */
  readonly resolved: JsonObject;
  /** Its originals may have been taken over before, and given back. */
  readonly bundle: Pick<Bundle, 'resources'>;
}

/** Pipelines that are looked through, and read one by one, after a deployment that did not end well; our choice. */
const PIPELINES = { listed: 1000, read: 40 };

interface Leftover {
  readonly type: ResourceType;
  readonly id: string;
  readonly name: string;
  /** The API would refuse to make it once more. */
  readonly unique: boolean;
}

/**
 * A plan that would make what an earlier deployment of this very bundle and target has made: a connection that was lost after the request
 * left it behind (facts: cli#crashes-and-signals, cli#what-is-left-behind). A plan that makes no job, pipeline or dashboard costs nothing.
 */
export async function leftBehind(workspace: FindsLeftovers, planned: Planned, signal?: AbortSignal): Promise<Refusal | undefined> {
  const entries = entriesOf(planned.plan);
  const known = new Set(entries.flatMap(({ body }) => remoteOf(body).id ?? []));
  for (const { id } of planned.bundle.resources) if (id !== undefined) known.add(id);
  const made = { jobs: creates(planned, 'jobs'), pipelines: creates(planned, 'pipelines'), dashboards: creates(planned, 'dashboards') };
  if (Object.values(made).every((values) => values.length === 0)) return undefined;
  const traces = readTraces(workspace, planned.resolved, signal);
  const found = await Promise.all([
    jobsLeft(workspace, made.jobs, { metadataPath: metadataOf(planned.resolved), traces }, signal),
    pipelinesLeft(workspace, made.pipelines, { metadataPath: metadataOf(planned.resolved), traces, known, ...makerIn(planned) }, signal),
    dashboardsLeft(workspace, made.dashboards, { ...planned, traces }, signal),
  ]);
  const left = found.flat().filter(({ id }) => !known.has(id));
  if (left.length > 0) return refused(left);
  return await inTheWay(workspace, { made: made.dashboards, folder: resourceFolder(planned.resolved), known }, signal);
}

/** What the plan would make of a type. Where a key was renamed, the plan deletes what the old key made: that one is known. */
function creates({ plan }: Planned, type: ResourceType): JsonObject[] {
  return entriesOf(plan)
    .filter(({ node, action }) => action === 'create' && new RegExp(`^resources\\.${type}\\.[^.]+$`).test(node))
    .map(({ body }) => objectOf(objectOf(body.new_state).value));
}

function metadataOf({ workspace }: JsonObject): string {
  return `${textOf(objectOf(workspace).state_path)}/metadata.json`;
}

interface Known {
  readonly metadataPath: string;
  readonly traces: Promise<Traces>;
}

interface KnownPipelines extends Known {
  readonly known: ReadonlySet<string>;
  /** Whoever plans: most likely to have made what is left. */
  readonly maker: string | undefined;
}

function makerIn({ resolved }: Planned): Pick<KnownPipelines, 'maker'> {
  return { maker: textOf(objectOf(objectOf(resolved.workspace).current_user).userName) };
}

/** Under the same name; where the last deployment has not ended well, under any. */
async function jobsLeft(workspace: FindsLeftovers, made: readonly JsonObject[], known: Known, signal?: AbortSignal): Promise<Leftover[]> {
  if (made.length === 0) return [];
  const names = new Set(made.flatMap(({ name }) => textOf(name) ?? []));
  const [{ unfinished, finishedAt = 0 }, ...named] = await Promise.all([
    known.traces,
    ...[...names].map((name) => workspace.listJobs({ name, exact: true }, signal)),
  ]);
  const same = named.flat().filter(({ name, metadataPath }) => names.has(name) && metadataPath === known.metadataPath);
  const all = unfinished ? [...same, ...(await workspace.jobsOfBundle(known.metadataPath, signal))] : same;
  // Whoever unbinds a job wants another one made: it is older than the last deployment that ended well.
  const left = new Map(all.filter(({ createdAt = finishedAt }) => createdAt >= finishedAt).map((job) => [job.jobId, job]));
  return [...left.values()].map(({ jobId: id, name }) => ({ type: 'jobs', id, name, unique: false }));
}

/**
 * Under the same name, which the API gives twice only where that is asked for; where the last deployment has not ended well, under any. A list
 * does not tell whose they are (facts: cli#what-is-left-behind): each is read, and of those that may have been renamed only some.
 */
async function pipelinesLeft(
  workspace: FindsLeftovers,
  made: readonly JsonObject[],
  { metadataPath, traces, known, maker }: KnownPipelines,
  signal?: AbortSignal,
): Promise<Leftover[]> {
  if (made.length === 0) return [];
  const names = [...new Set(made.flatMap(({ name }) => textOf(name) ?? []))];
  const [{ unfinished, finishedAt = 0 }, ...found] = await Promise.all([
    traces,
    ...names.map((name) => workspace.listPipelines({ name, exact: true }, signal)),
  ]);
  const all = unfinished ? await workspace.listPipelines({ limit: PIPELINES.listed }, signal) : [];
  const same = found.flat().filter(({ name }) => names.includes(name));
  const renamed = all.filter(({ id, name }) => !known.has(id) && !names.includes(name));
  renamed.sort((a, b) => Number(b.creator === maker) - Number(a.creator === maker));
  const read = [...same, ...renamed.slice(0, PIPELINES.read)].map(async ({ id, name }): Promise<Leftover[]> => {
    try {
      const { spec, modifiedAt = finishedAt } = await workspace.getPipeline(id, signal);
      const unique = made.some((one) => one.name === name && one.allow_duplicate_names !== true);
      const own = textOf(objectOf(spec.deployment).metadata_file_path) === metadataPath;
      return own && (unique || modifiedAt >= finishedAt) ? [{ type: 'pipelines', id, name, unique }] : [];
    } catch (error) {
      // What may not be seen was not made by this person.
      if (error instanceof UserError) return [];
      throw error;
    }
  });
  return (await Promise.all(read)).flat();
}

/** In the deployment's own folder: under the same name, which the API would refuse; where the last deployment has not ended well, under any. */
async function dashboardsLeft(
  workspace: FindsLeftovers,
  made: readonly JsonObject[],
  { plan, resolved, traces }: Pick<Planned, 'plan' | 'resolved'> & Pick<Known, 'traces'>,
  signal?: AbortSignal,
): Promise<Leftover[]> {
  const folder = resourceFolder(resolved);
  const own = made.filter(({ parent_path: parent }) => canonicalFolder(textOf(parent) ?? '') === canonicalFolder(folder));
  if (own.length === 0) return [];
  const [{ unfinished, finishedAt = 0 }, entries = []] = await Promise.all([traces, workspace.listFolder(folder, signal)]);
  const names = new Set(own.map(({ display_name: name }) => fileOf(name)));
  const inRecord = new Set(entriesOf(plan).flatMap(({ body }) => (isObject(body.remote_state) ? [fileOf(remoteOf(body).name)] : [])));
  return entries.flatMap((entry): Leftover[] => {
    const file = baseName(entry.path);
    if (entry.type !== 'DASHBOARD' || inRecord.has(file)) return [];
    const { modifiedAt = finishedAt, resourceId: id = '' } = entry;
    const left = names.has(file) || (unfinished && modifiedAt >= finishedAt);
    return left ? [{ type: 'dashboards', id, name: file.replace(/\.lvdash\.json$/, ''), unique: names.has(file) }] : [];
  });
}

function refused(left: readonly Leftover[]): Refusal {
  const named = left.map(({ type, id, name }) => `${RESOURCE_KIND[type]} “${name}” (${id})`).join(', ');
  const again = left.every(({ unique }) => unique)
    ? 'Databricks would refuse to make it a second time.'
    : 'deploying would make a duplicate.';
  const [it, gone] = left.length === 1 ? ['it', 'it if nobody needs it'] : ['them', 'those that nobody needs'];
  return refusal(
    'left behind',
    `An earlier deployment of this bundle made ${named}, and its record does not know of ${it}: ${again}`,
    `Look at ${it} in the workspace. Delete ${gone}, then ask for a fresh plan.`,
  );
}
