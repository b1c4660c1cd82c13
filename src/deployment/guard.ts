// What is refused before the CLI gets a bundle: everything that could send the token elsewhere, run code here, or read our files.
import type { Bundle, BundleFile } from '../bundle/bundle.ts';
import { checkBundle } from '../bundle/check.ts';

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
