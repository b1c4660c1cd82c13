// How large a cluster is: its workers times the size of their machines, which well-known names of machines tell.
import { itemsIn, type JsonObject, objectOf, objectsIn } from '../../values/json.ts';
import { textOf } from '../../values/text.ts';

interface Size {
  readonly workers: number;
  /** Of driver and workers together, at most. */
  readonly cores: number;
  /** A kind of machine in it that has GPUs. */
  readonly gpu: string | undefined;
}

/** Every cluster that a job or pipeline describes. */
export function clustersOf(settings: JsonObject): JsonObject[] {
  const tasks = objectsIn(settings.tasks).flatMap((task) => [task, objectOf(objectOf(task.for_each_task).task)]);
  const holders = [...objectsIn(settings.job_clusters), ...tasks];
  return [...holders.flatMap(({ new_cluster }) => objectsIn([objectOf(new_cluster)])), ...objectsIn(settings.clusters)].filter(
    (cluster) => Object.keys(cluster).length > 0,
  );
}

export function sizeOf(cluster: JsonObject): Size {
  const nodeType = textOf(cluster.node_type_id);
  const workers = Number(objectOf(cluster.autoscale).max_workers ?? cluster.num_workers ?? 0);
  const driver = textOf(cluster.driver_node_type_id) ?? nodeType;
  const kinds = [nodeType, driver, ...itemsIn(objectOf(cluster.worker_node_type_flexibility).alternate_node_type_ids)].map(textOf);
  const gpu = kinds.find((kind) => kind !== undefined && GPU.test(kind));
  return { workers, cores: workers * coresOf(nodeType) + coresOf(driver), gpu };
}

/** Families with GPUs: AWS p and g, Azure NC, ND and NV, Google a2 to a4 and g2 (names as the three clouds give them). */
const GPU = /^(p\d\w*|g\d\w*)\.|^Standard_N[CDV]|^(a[234]|g[24])-/;
/** Where a name does not tell: most are of about this size, and what matters is a change of it. */
const USUAL = 4;
/** AWS: cores by the word behind the dot; `xlarge` is four, `8xlarge` eight times as many. */
const AWS: Readonly<Record<string, number>> = { medium: 1, large: 2, xlarge: 4, metal: 96 };
/** Azure's first D series has running numbers instead of cores. */
const AZURE_OLD: Readonly<Record<string, number>> = { 1: 1, 2: 2, 3: 4, 4: 8, 5: 16, 11: 2, 12: 4, 13: 8, 14: 16, 15: 20 };

function coresOf(nodeType: string | undefined): number {
  if (nodeType === undefined) return USUAL;
  const aws = /^[a-z]\w*\.(?:metal-)?(?:(\d+)(?=xl))?(xlarge|large|medium|metal|xl)\b/.exec(nodeType);
  if (aws !== null) return Number(aws[1] ?? 1) * (AWS[aws[2] === 'xl' ? 'xlarge' : (aws[2] ?? '')] ?? USUAL);
  const old = /^Standard_DS?(\d+)(?:_v2)?$/.exec(nodeType);
  if (old !== null) return AZURE_OLD[old[1] ?? ''] ?? USUAL;
  const azure = /^Standard_[A-Z]+(\d+)/.exec(nodeType);
  const google = /^[a-z]\w*-[a-z]+-(\d+)/.exec(nodeType);
  return Number(azure?.[1] ?? google?.[1] ?? USUAL);
}
