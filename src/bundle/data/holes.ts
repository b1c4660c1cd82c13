// What code computes of a name: `{schema}` stands for what a parameter says, which people may give in several ways.

/** For each parameter in a part its names: `{args.schema}` is called `schema`, `{out_schema|-o}` either. */
export function namesIn(part: string): string[][] {
  const nameOf = (written: string) => written.replace(/^.*\./, '').trim().toLowerCase();
  return [...part.matchAll(/\{([^{}]*)\}/g)].map(([, names = '']) => names.split('|').map(nameOf));
}

export function namesOf(part: string): string[] {
  return namesIn(part).flat();
}
