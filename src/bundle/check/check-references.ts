// Every `${…}` of the configuration: allowed roots, declared variables, nothing that only looks like a reference.
import { isObject, type JsonObject } from '../../values/json.ts';
import type { Diagnostic } from '../model/bundle.ts';
import { leavesOf } from '../model/leaves.ts';
import { holdsReference, invalidReferences, referencesIn } from '../model/references.ts';
import { quoted } from '../model/text.ts';

/** Parts that carry a credential or a login, should the CLI ever resolve them; none has a longer name. */
const SECRET = /(^|[._])(token|password|secret|client_secret|profile|auth_type|azure_\w{1,60}|google_\w{1,60})$/i;

/** Checks the references in all configuration files together, because variables may be declared in any of them. */
export function checkReferences(parts: readonly { readonly path: string; readonly value: JsonObject }[]): Diagnostic[] {
  const declared = new Set(parts.flatMap(({ value }) => (isObject(value.variables) ? Object.keys(value.variables) : [])));
  return parts.flatMap(({ path, value }) =>
    [...leavesOf(value).values()].flatMap((leaf): Diagnostic[] => {
      const at = `${path}: ${leaf.place}`;
      const error = (message: string): Diagnostic => ({ level: 'error', place: at, message });
      const inKey = leaf.keys.find(holdsReference);
      const keys = inKey === undefined ? [] : [error('a key must not hold a reference')];
      if (typeof leaf.value !== 'string' || !leaf.value.includes('${')) return keys;
      const whole = holdsReference(leaf.value);
      const strange = invalidReferences(leaf.value).map((text): Diagnostic => {
        const shown = quoted(text.slice(0, 80));
        // What the CLI takes for no reference it leaves as it is, unless something inside it is filled in first (facts: bundles#references).
        if (!whole) return { level: 'warning', place: at, message: `${shown} is no reference; the CLI leaves it as text` };
        return error(`${shown} is no reference that a bundle can have, and can't be written literally`);
      });
      const undeclared = referencesIn(leaf.value).flatMap((reference) => {
        const [root, name] = reference.split(/[.[]/);
        if (root === 'workspace' && SECRET.test(reference)) return [error(`\${${reference}} is not allowed`)];
        return root === 'var' && !declared.has(name ?? '') ? [error(`\${${reference}}: there is no variable of this name`)] : [];
      });
      return [...keys, ...strange, ...undeclared];
    }),
  );
}
