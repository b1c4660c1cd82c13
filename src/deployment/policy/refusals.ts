// What is refused before the CLI gets it: what could send the token away, run code, or read our files (facts: cli#what-runs-code-or-reads-files).

import { checkBundle } from '../../bundle/check/check-bundle.ts';
import type { Bundle, BundleFile } from '../../bundle/model/bundle.ts';
import type { JsonObject } from '../../values/json.ts';
import { entriesOf } from '../cli/plan-json.ts';

/** Words when a tree must not be handed to the CLI; undefined when it may. */
export function refusal(files: readonly BundleFile[]): { problem: string; next: string } | undefined {
  const errors = checkBundle(files).filter((diagnostic) => diagnostic.level === 'error');
  const [first] = errors;
  if (first === undefined) return undefined;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return {
    problem: `The bundle holds something that is not allowed: ${first.place}: ${first.message}${more}`,
    next: 'Ask me to take it out, then try again.',
  };
}

/** Words when a bundle must not be deployed yet, because hard-coded secrets stand in it; undefined when it may. */
export function secretsRefusal({ secrets }: Pick<Bundle, 'secrets'>): { problem: string; next: string } | undefined {
  const [first] = secrets;
  if (first === undefined) return undefined;
  const more = secrets.length > 1 ? ` (and ${secrets.length - 1} more)` : '';
  return {
    problem: `A hard-coded secret stands in the bundle: ${first.path}, line ${first.line}: ${first.kind}${more}.`,
    next: 'Ask me to replace it, for instance “take the password from secret scope etl, key db”; in the zip it is masked.',
  };
}

/** Words when a target takes originals over and one of them is not bound yet: the plan would make a second one beside it. */
export function unboundRefusal(
  { adoption, resources }: Pick<Bundle, 'adoption' | 'resources'>,
  target: string,
  plan: JsonObject,
): { problem: string; next: string } | undefined {
  if (adoption[target] !== 'bind') return undefined;
  const created = new Set(entriesOf(plan).flatMap(({ node, action }) => (action === 'create' ? [node] : [])));
  const unbound = resources.filter(({ type, key, id }) => id !== undefined && id !== '' && created.has(`resources.${type}.${key}`));
  if (unbound.length === 0) return undefined;
  const commands = unbound.map(({ key, id }) => `databricks bundle deployment bind ${key} ${id} -t ${target}`);
  return {
    problem: `${target} takes over what exists, but that is not bound yet: deploying now would make a second ${unbound.map(({ key }) => key).join(', ')}.`,
    next: `Unpack the zip and run there, with the Databricks CLI: ${commands.join('; ')}. Then ask for the plan again. Or ask me for a copy instead.`,
  };
}
