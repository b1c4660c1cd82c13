// Puts into a stand-in workspace what definitions look up by name, and themselves with what comes along, so that the real CLI finds it.
import type { JobDefinition, LookupKind } from '../../src/bundle/model/bundle.ts';
import { isObject, parseJson, type JsonObject as Settings } from '../../src/playground/databricks/http/json.ts';
import type { Workspace } from '../../src/playground/databricks/state/state.ts';
import { type JsonObject, stringifyJson } from '../../src/values/json.ts';

const OWNER = 'ana@acme.example';
/** Whom golden cases run as. */
const PRINCIPAL = '0a0a0a0a-0000-4000-8000-000000000001';

/** Answers the ids by `kind:name`, as resolveBundle takes them. The owner may let things run as the service principal of the cases. */
export function seedLookups(workspace: Workspace, definitions: Iterable<JobDefinition>): Map<string, string> {
  const ids = new Map<string, string>();
  workspace.principalUsers.set(PRINCIPAL, [OWNER]);
  for (const { lookups = [] } of definitions)
    for (const { kind, id, name } of lookups) {
      ids.set(`${kind}:${name}`, id);
      add(workspace, kind, id, name);
    }
  return ids;
}

function add(workspace: Workspace, kind: LookupKind, id: string, name: string): void {
  const seed: Readonly<Record<LookupKind, () => unknown>> = {
    alert: () => workspace.alerts.set(id, { id, display_name: name }),
    cluster: () => workspace.clusters.set(id, { cluster_id: id, cluster_name: name, cluster_source: 'UI' }),
    cluster_policy: () => workspace.policies.set(id, { policy_id: id, name }),
    dashboard: () => workspace.olderDashboards.set(id, { id, name }),
    instance_pool: () => workspace.pools.set(id, { instance_pool_id: id, instance_pool_name: name }),
    job: () => workspace.jobs.set(id, { jobId: id, settings: { name }, createdTime: 0, creator: OWNER, runAs: OWNER, extra: {} }),
    notification_destination: () => workspace.destinations.set(id, { id, display_name: name }),
    pipeline: () => workspace.pipelines.set(id, { pipeline_id: id, name, creator_user_name: OWNER, spec: { id, name } }),
    query: () => workspace.queries.set(id, { id, display_name: name }),
    service_principal: () => workspace.principals.set(id, { id, applicationId: id, displayName: name }),
    warehouse: () => workspace.warehouses.set(id, { id, name }),
  };
  seed[kind]();
}

/** A definition and everything that was read with it, under their own ids. */
export function seedOriginals(workspace: Workspace, definition: JobDefinition): void {
  const times = { createdTime: 0, creator: OWNER, runAs: OWNER, extra: {} };
  const job = ({ jobId, settings }: JobDefinition) => workspace.jobs.set(jobId, { jobId, settings: mutable(settings), ...times });
  job(definition);
  for (const one of definition.related ?? []) {
    if (one.type === 'jobs') job(one.definition);
    else if (one.type === 'pipelines')
      workspace.pipelines.set(one.id, {
        pipeline_id: one.id,
        name: String(one.spec.name),
        creator_user_name: OWNER,
        spec: mutable(one.spec),
      });
    else {
      const folder = one.parentPath ?? '/Shared';
      const place = { parent_path: folder, path: `${folder}/${one.name}.lvdash.json`, lifecycle_state: 'ACTIVE', etag: '1' };
      const warehouse = { warehouse_id: one.warehouseId ?? '' };
      const draft = { dashboard_id: one.id, display_name: one.name, serialized_dashboard: one.serialized, ...warehouse, ...place };
      const published = { display_name: one.name, embed_credentials: one.embedCredentials === true };
      workspace.dashboards.set(one.id, { creator: OWNER, draft, published });
    }
  }
}

/** The stand-in keeps its own JSON, which it may change. */
function mutable(value: JsonObject): Settings {
  const copy = parseJson(stringifyJson(value));
  if (!isObject(copy)) throw new Error('no object');
  return copy;
}
