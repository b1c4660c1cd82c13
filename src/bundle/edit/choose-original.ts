// Another way with the original in a target: what the generator would write there otherwise, put into the tree as it is now.
import { isObject, type Json, type JsonObject, objectOf } from '../../values/json.ts';
import { generateBundle } from '../generate/generate.ts';
import { targetComments } from '../generate/targets.ts';
import type { Adoption, Bundle, JobDefinition } from '../model/bundle.ts';
import { keyedResources } from '../model/resources.ts';
import { rewritten } from '../secrets/put-back.ts';
import { changeYaml, type YamlChange } from '../yaml/change-yaml.ts';
import { environmentOf } from '../yaml/describe-tree.ts';
import { parseYaml } from '../yaml/parse.ts';
import { dropUnusedVariables } from './drop-unused-variables.ts';
import { editBundle } from './edit.ts';

/** A new bundle; edits of the target that have nothing to do with the original stay. Throws UserError where the YAML can't be read. */
export function chooseOriginal(bundle: Bundle, definition: JobDefinition, target: string, way: Adoption): Bundle {
  const wish = { name: target, environment: environmentOf(bundle, target) };
  const made = [bundle.adoption[target] ?? 'copy', way].map((adoption) =>
    // What stands in a target does not depend on the sources.
    generateBundle({ definition, sources: [], host: '', options: { targets: [wish], adoption: { [target]: adoption } } }),
  );
  const [was = {}, is = {}] = made.map((one) => {
    const parsed = parseYaml(encode(textOf(one, 'databricks.yml')));
    return objectOf(parsed.ok ? parsed.value : {});
  });
  const declared = new Set(bundle.variables.map(({ name }) => name));
  const added = Object.entries(objectOf(is.variables)).flatMap(([name, value]) =>
    declared.has(name) || name in objectOf(was.variables) ? [] : [{ at: ['variables', name], value }],
  );
  const changes = [
    ...added,
    ...differences(objectOf(objectOf(was.targets)[target]), objectOf(objectOf(is.targets)[target]), ['targets', target]),
  ];
  const [comment] = targetComments([wish], { [target]: way }, keyedResources(definition));
  const yaml = rewritten(bundle, 'databricks.yml', (text) => changeYaml(text, changes, comment));
  const [before = '', after = ''] = made.map((one) => textOf(one, 'README.md'));
  const hasReadme = bundle.files.some(({ path }) => path === 'README.md');
  const readme = hasReadme ? [rewritten(bundle, 'README.md', (text) => replaceLines(text, before, after))] : [];
  const { bundle: chosen } = dropUnusedVariables(bundle, editBundle(bundle, [yaml, ...readme]));
  return { ...chosen, adoption: { ...bundle.adoption, [target]: way } };
}

function differences(was: JsonObject, is: JsonObject, at: readonly string[]): YamlChange[] {
  return [...new Set([...Object.keys(was), ...Object.keys(is)])].flatMap((key): YamlChange[] => {
    const [one, other]: (Json | undefined)[] = [was[key], is[key]];
    const here = [...at, key];
    if (isObject(one) && isObject(other)) return differences(one, other, here);
    // What is new below a key is set leaf by leaf: something else may stand there by now.
    if (one === undefined && isObject(other) && Object.keys(other).length > 0) return differences({}, other, here);
    if (other === undefined && isObject(one) && Object.keys(one).length > 0) return differences(one, {}, here);
    return JSON.stringify(one) === JSON.stringify(other) ? [] : [{ at: here, value: other }];
  });
}

/** The lines in which two texts differ, replaced in a third one where it has them. */
function replaceLines(text: string, before: string, after: string): string {
  const [was, is] = [before.split('\n'), after.split('\n')];
  let start = 0;
  while (start < was.length && start < is.length && was[start] === is[start]) start++;
  let end = 0;
  while (end < Math.min(was.length, is.length) - start && was.at(-1 - end) === is.at(-1 - end)) end++;
  const [old, fresh] = [was, is].map((lines) => lines.slice(start, lines.length - end).join('\n'));
  return old === undefined || old === '' || fresh === undefined ? text : text.replace(old, () => fresh);
}

function textOf({ files }: Pick<Bundle, 'files'>, path: string): string {
  const file = files.find((one) => one.path === path);
  return file === undefined ? '' : new TextDecoder().decode(file.bytes);
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
