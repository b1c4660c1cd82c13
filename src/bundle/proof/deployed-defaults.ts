// What a workspace adds to a job or pipeline that is deployed, and what it never answers: no difference to the bundle (the CLI's resources.yml).
import type { Json } from '../../values/json.ts';
import type { Leaf } from '../model/leaves.ts';
import { PIPELINE_SERVER_ONLY } from '../model/server-only-fields.ts';

type Kind = 'jobs' | 'pipelines';

/** Values that the service chooses where none is given (`backend_defaults`, and what is `managed` there). */
const CHOSEN: Readonly<Record<Kind, RegExp>> = {
  jobs: /\.new_cluster\.((aws|azure|gcp)_attributes\..*|enable_elastic_disk|enable_local_disk_encryption|(driver_)?node_type_id|driver_instance_pool_id|data_security_mode)$/,
  pipelines: /^(clusters\[\d+\]\.(enable_local_disk_encryption|(driver_)?node_type_id)|event_log\.(catalog|schema))$/,
};
/** Taken, but in no answer (`not_returned_by_api`; a pipeline's request has a field that its spec does not). */
const NEVER_RETURNED: Readonly<Record<Kind, RegExp>> = {
  jobs: /\.new_cluster\.apply_policy_default_values$/,
  pipelines: /^(allow_duplicate_names|dry_run)$/,
};

/** Whether the service wrote a value that the bundle does not give. `deployer` is who an unsaid `run_as` means. */
export function isServerValue(
  type: Kind,
  { place, fields, value }: Leaf,
  of: { deployer: string | undefined; id: Json | undefined },
): boolean {
  if (fields[0] === 'run_as') return value === of.deployer;
  if (CHOSEN[type].test(place)) return true;
  if (type === 'jobs') return false;
  return PIPELINE_SERVER_ONLY.has(place) || (place === 'storage' && value === `dbfs:/pipelines/${String(of.id)}`);
}

/** Whether the service takes a value without ever answering it. */
export function isNeverReturned(type: Kind, { place }: Leaf): boolean {
  return NEVER_RETURNED[type].test(place);
}
