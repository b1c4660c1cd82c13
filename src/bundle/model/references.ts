// The `${…}` references of bundles: which are allowed, and texts that only look like one.

/**
 * One path segment of a reference as CLI 1.9 reads it (its libs/dyn/dynvar). Its own pattern says the same in a way that would have our
 * engine, unlike Go's, try more ways than a day has seconds to find that thirty letters without a `}` are none.
 */
const SEGMENT = String.raw`\p{L}[\p{L}\p{N}]*(?:[-_]+[\p{L}\p{N}]+)*`;
const INDEX = String.raw`\[[0-9]+\]`;
const REFERENCE = new RegExp(String.raw`\$\{(${SEGMENT}(?:(?:${INDEX})+|(?:\.${SEGMENT}(?:${INDEX})*)*))\}`, 'gu');
/** What a reference may begin with (facts: bundles#references; artifacts are refused, so nothing can point to one). */
const ROOTS = new Set(['bundle', 'workspace', 'var', 'resources']);

/** The references in a text, without `${` and `}`. */
export function referencesIn(text: string): string[] {
  return [...text.matchAll(REFERENCE)].map((match) => match[1] ?? '');
}

/** Every `${` in a text that begins no reference bundles allow, up to its closing brace where it has one. */
export function invalidReferences(text: string): string[] {
  const rest = text.replace(REFERENCE, (whole, path: string) => (ROOTS.has(path.split(/[.[]/)[0] ?? '') ? '' : whole));
  return [...rest.matchAll(/\$\{[^}]*\}?/g)].map(([whole]) => whole);
}

/** Whether the CLI takes something in a text for a reference; whatever else follows a `${` it leaves as it is. */
export function holdsReference(text: string): boolean {
  return text.includes('${') && referencesIn(text).length > 0;
}
