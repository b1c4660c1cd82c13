// Moves a target to another folder of the workspace: its root path is written out, and the rest of the tree stays as it is.
import type { Bundle } from '../model/bundle.ts';
import { changeYaml } from '../yaml/change-yaml.ts';
import { editBundle } from './edit.ts';

/** Throws UserError where the YAML can't be read. */
export function moveTarget(bundle: Bundle, target: string, rootPath: string): Bundle {
  const path = 'databricks.yml';
  const file = bundle.files.find((one) => one.path === path);
  const text = file === undefined ? '' : new TextDecoder().decode(file.bytes);
  const content = changeYaml(text, [{ at: ['targets', target, 'workspace', 'root_path'], value: rootPath }]);
  return editBundle(bundle, [{ path, content }], bundle.secrets);
}
