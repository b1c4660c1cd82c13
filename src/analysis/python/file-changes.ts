// Which calls of plain Python change a file: pandas, open, shutil, os, pathlib and what saves models and plots.

/** The path is the first argument, the second, or what the method belongs to. */
const FIRST =
  /^(?:to_(?:csv|parquet|json|excel|feather|orc|pickle|delta)|savefig|save|savez|save_model|save_pretrained|ExcelWriter)$|^shutil\.rmtree$|^os\.(?:remove|unlink|rmdir)$/;
const SECOND = /^shutil\.(?:copy|copy2|copyfile|copytree|move)$|^os\.(?:rename|replace)$|^(?:torch\.save|joblib\.dump)$/;
const OWN = /^write_(?:text|bytes)$/;
/** What they take is gone afterwards. */
const MOVES = /^shutil\.move$|^os\.(?:rename|replace)$/;

/**
 * Paths that a call changes, wherever they lie. `name` is the last part of `callee`, which is empty where it is no plain dotted name; `given`
 * says an argument as text, `own` what stands before the method's dot.
 */
export function fileChanges(
  { name, callee }: { readonly name: string; readonly callee: string },
  given: (position: number) => string | undefined,
  own: () => string | undefined,
): (string | undefined)[] {
  if (OWN.test(name)) return [own()];
  if (SECOND.test(callee)) return MOVES.test(callee) ? [given(0), given(1)] : [given(1)];
  if (FIRST.test(name) || FIRST.test(callee)) return [given(0)];
  return [];
}
