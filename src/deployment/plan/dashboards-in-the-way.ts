// Looks for dashboards that have the name of one to be made, in folders that others use too: the API would refuse it, after the upload.
import type { Workspace } from '../../databricks/workspace.ts';
import { UserError } from '../../values/errors.ts';
import { type JsonObject, objectOf } from '../../values/json.ts';
import { textOf } from '../../values/text.ts';
import { baseName, canonicalFolder } from '../../values/workspace-path.ts';
import { type Refusal, refusal } from '../policy/refusals.ts';

interface ToMake {
  /** What the plan would make. */
  readonly made: readonly JsonObject[];
  /** The deployment's own, which is looked at for what was left behind there. */
  readonly folder: string;
  /** Ids of what the deployment has. */
  readonly known: ReadonlySet<string>;
}

/** Whoever made what is there; a plan that makes no dashboard elsewhere costs nothing (facts: cli#what-is-left-behind). */
export async function inTheWay(
  workspace: Pick<Workspace, 'listFolder'>,
  { made, folder: own, known }: ToMake,
  signal?: AbortSignal,
): Promise<Refusal | undefined> {
  for (const { parent_path: parent, display_name: display } of made) {
    const [folder, name] = [textOf(parent) ?? own, textOf(display) ?? ''];
    if (canonicalFolder(folder) === canonicalFolder(own)) continue;
    const entries = await workspace.listFolder(folder, signal).catch((error: unknown) => {
      // What may not be seen tells nothing.
      if (error instanceof UserError) return [];
      throw error;
    });
    const there = entries?.find(({ type, path }) => type === 'DASHBOARD' && baseName(path) === fileOf(name));
    if (there === undefined || known.has(there.resourceId ?? '')) continue;
    return refusal(
      'in the way',
      `In \`${folder}\` lies a dashboard “${name}” (${there.resourceId ?? ''}) already, which the record of this deployment does not know: Databricks would refuse to make a second one of that name there.`,
      'Look at it in the workspace. Delete or rename it if nobody needs it, or ask me for another name or folder; then ask for a fresh plan.',
    );
  }
  return undefined;
}

/** A dashboard as a folder has it. */
export function fileOf(name: unknown): string {
  return `${String(name)}.lvdash.json`;
}

/** Where a deployment keeps its dashboards unless they say otherwise; of a target as the CLI resolves it. */
export function resourceFolder({ workspace }: JsonObject): string {
  return textOf(objectOf(workspace).resource_path) ?? '';
}
