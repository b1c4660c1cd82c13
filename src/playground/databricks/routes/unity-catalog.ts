// /api/2.1/unity-catalog/schemas: one schema, for those who may use it and its catalog (facts: databricks#schemas-of-unity-catalog).
import { type Answer, type Call, ok, Refusal } from '../http/answer.ts';
import { type Route, route } from '../http/router.ts';
import { groupsOf } from '../state/grants.ts';
import type { Workspace } from '../state/state.ts';

export function unityCatalogRoutes({ catalogs, schemas }: Workspace): Route[] {
  const schema = (call: Call): Answer => {
    const fullName = (call.params.name ?? '').toLowerCase();
    const [catalog = '', name = ''] = fullName.split('.');
    const may = (users: readonly string[] = []) => [call.user.userName, ...groupsOf(call.user)].some((one) => users.includes(one));
    const refused = (what: string) => new Refusal(403, 'PERMISSION_DENIED', `User does not have ${what}.`);
    if (!catalogs.has(catalog)) throw new Refusal(404, 'CATALOG_DOES_NOT_EXIST', `Catalog '${catalog}' does not exist.`);
    if (!may(catalogs.get(catalog))) throw refused(`USE CATALOG on Catalog '${catalog}'`);
    if (!schemas.has(fullName)) throw new Refusal(404, 'SCHEMA_DOES_NOT_EXIST', `Schema '${fullName}' does not exist.`);
    if (!may(schemas.get(fullName))) throw refused(`USE SCHEMA on Schema '${fullName}'`);
    return ok({ name, catalog_name: catalog, full_name: fullName });
  };
  return [route('GET', '/api/2.1/unity-catalog/schemas/:name', schema)];
}
