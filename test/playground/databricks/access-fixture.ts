// What the tests of the stand-in's access share: grants, the service's refusal, a folder that grants are given on, and a job of ben's.
import { standInTest } from './api.ts';

export const TEAMS = '/Workspace/Teams';
export const refused = (message: unknown) => ({ status: 403, json: { error_code: 'PERMISSION_DENIED', message } });
export const grant = (who: string, level: string) => ({ [who.includes('@') ? 'user_name' : 'group_name']: who, permission_level: level });
export const acl = (...grants: object[]) => ({ access_control_list: grants });

/** `give(folder, ...grants)` as an admin; `job(...grants)` of ben's, with its id as text. */
export const accessTest = standInTest({ seed: false })
  .extend('give', ({ ana, standIn }) => (folder: string, ...grants: object[]) => {
    standIn.workspace.files.mkdirs(folder);
    const id = standIn.workspace.files.get(folder)?.id;
    return ana.send('PUT', `/api/2.0/permissions/directories/${id}`, acl(...grants));
  })
  .extend('job', ({ ben }) => async (...grants: object[]) => {
    const created = await ben.post('/api/2.2/jobs/create', { name: 'of ben', ...(grants.length > 0 ? acl(...grants) : {}) });
    return /\d+/.exec(created.text)?.[0] ?? '';
  });
