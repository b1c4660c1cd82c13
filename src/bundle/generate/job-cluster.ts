// An all-purpose cluster as the new_cluster of a job: what describes it stays, what only the server or people's clusters have goes.
import { isObject, type JsonObject } from '../../values/json.ts';
import { wordSet } from '../../values/text.ts';

/** Fields of a cluster's specification that a job's cluster takes (compute.ClusterSpec in the CLI's schema, 1.9.0), without those of `NOT_IN_A_JOB`. */
const KEPT = wordSet(
  `spark_version use_ml_runtime runtime_engine kind is_single_node policy_id apply_policy_default_values node_type_id driver_node_type_id
  worker_node_type_flexibility driver_node_type_flexibility num_workers autoscale instance_pool_id driver_instance_pool_id aws_attributes
  azure_attributes gcp_attributes enable_elastic_disk enable_local_disk_encryption remote_disk_throughput total_initial_remote_disk_size
  data_security_mode spark_conf spark_env_vars custom_tags init_scripts cluster_log_conf docker_image ssh_public_keys workload_type`,
);

/** Settings of people's clusters that mean nothing, or something wrong, in a job. */
const NOT_IN_A_JOB: Readonly<Record<string, string>> = {
  cluster_name: 'a job names its clusters itself',
  autotermination_minutes: 'a job’s cluster ends with its run',
  single_user_name: 'a job’s cluster belongs to whom the job runs as',
};

interface JobCluster {
  readonly cluster: JsonObject;
  /** What its owner had set and a job can't have, with the reason. */
  readonly dropped: readonly { readonly field: string; readonly why: string }[];
  /** Fields that only the server writes, sorted. */
  readonly serverOnly: readonly string[];
}

/** `body` is the answer of clusters/get; its `spec`, where it has one, is what the owner asked for, without the server's own values. */
export function jobCluster(body: JsonObject): JobCluster {
  const asked = isObject(body.spec) ? body.spec : body;
  const entries = Object.entries(asked);
  const cluster = Object.fromEntries(
    [...KEPT].flatMap((field) => entries.filter(([key, value]) => key === field && value !== null && !isEmpty(value))),
  );
  const dropped = Object.entries(NOT_IN_A_JOB).flatMap(([field, why]) => (field in asked ? [{ field, why }] : []));
  const gone = new Set([...Object.keys(body), ...Object.keys(asked)]);
  const serverOnly = [...gone].filter((field) => field !== 'spec' && !KEPT.has(field) && !(field in NOT_IN_A_JOB)).sort();
  return { cluster, dropped, serverOnly };
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
