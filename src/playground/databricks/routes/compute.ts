// Clusters, SQL warehouses, policies and pools: lists and reads of what jobs point at.
import { type Answer, type Call, invalid, missing, ok } from '../http/answer.ts';
import { queryText } from '../http/body.ts';
import type { JsonObject } from '../http/json.ts';
import { type Route, route } from '../http/router.ts';
import type { Workspace } from '../state/state.ts';

export function computeRoutes(workspace: Workspace): Route[] {
  const all = (of: Map<string, JsonObject>, field: string) => (): Answer => ok(of.size === 0 ? {} : { [field]: [...of.values()] });
  const one = (of: Map<string, JsonObject>, id: string, refuse: (id: string) => Error): Answer => {
    const found = of.get(id);
    if (found === undefined) throw refuse(id);
    return ok(found);
  };
  const noCluster = (id: string): Error => invalid(`Cluster ${id} does not exist`);
  const getCluster = (call: Call) => one(workspace.clusters, queryText(call, 'cluster_id'), noCluster);
  const getPolicy = (call: Call) => one(workspace.policies, queryText(call, 'policy_id'), (id) => missing(`Policy ${id} does not exist`));
  const getPool = (call: Call) =>
    one(workspace.pools, queryText(call, 'instance_pool_id'), (id) => missing(`Can't find an instance pool with id: ${id}.`));
  const getWarehouse = (call: Call) =>
    one(workspace.warehouses, call.params.id ?? '', (id) => missing(`SQL warehouse ${id} does not exist`));

  return [
    route('GET', '/api/2.:v/clusters/list', all(workspace.clusters, 'clusters')),
    route('GET', '/api/2.:v/clusters/get', getCluster),
    route('GET', '/api/2.0/sql/warehouses', all(workspace.warehouses, 'warehouses')),
    route('GET', '/api/2.0/sql/warehouses/:id', getWarehouse),
    route('GET', '/api/2.0/policies/clusters/list', all(workspace.policies, 'policies')),
    route('GET', '/api/2.0/policies/clusters/get', getPolicy),
    route('GET', '/api/2.0/instance-pools/list', all(workspace.pools, 'instance_pools')),
    route('GET', '/api/2.0/instance-pools/get', getPool),
  ];
}
