// Whether a person may take over a job and everything that comes along with it.
import type { JobDefinition } from '../bundle/model/bundle.ts';
import { resourceDefinitions } from '../bundle/model/resources.ts';
import { mayManage } from '../databricks/read/access.ts';
import type { Workspace } from '../databricks/workspace.ts';
import { objectOf } from '../values/json.ts';

/** What another bundle has deployed can't be taken over, whoever asks. */
export async function mayManageAll(workspace: Workspace, definition: JobDefinition, signal?: AbortSignal): Promise<boolean> {
  const originals = resourceDefinitions(definition).filter(({ id }) => id !== '');
  if (originals.some(({ value }) => objectOf(value.deployment).kind === 'BUNDLE')) return false;
  const me = await workspace.me(signal);
  const answers = await Promise.all(originals.map((original) => mayManage(workspace, me, original, signal)));
  return answers.every(({ able }) => able);
}
