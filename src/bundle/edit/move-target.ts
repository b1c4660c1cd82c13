// Moves a target to another folder of the workspace: its root path is written out, and what only the old one named goes; the rest stays.
import type { Bundle } from '../model/bundle.ts';
import { rewritten } from '../secrets/put-back.ts';
import { changeYaml } from '../yaml/change-yaml.ts';
import { dropUnusedVariables } from './drop-unused-variables.ts';
import { editBundle } from './edit.ts';

/** Throws UserError where the YAML can't be read. */
export function moveTarget(bundle: Bundle, target: string, rootPath: string): Bundle {
  const path = 'databricks.yml';
  const at = ['targets', target, 'workspace', 'root_path'];
  const moved = editBundle(bundle, [rewritten(bundle, path, (text) => changeYaml(text, [{ at, value: rootPath }]))]);
  return dropUnusedVariables(bundle, moved).bundle;
}
