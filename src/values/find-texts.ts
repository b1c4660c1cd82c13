// Finds many texts in another one at once, in time that grows with that one and hardly with how many there are.

export interface FoundText {
  readonly start: number;
  readonly end: number;
  readonly value: string;
}

/** Shorter ones are not found. */
export const SHORTEST = 8;

export function createFinder(values: Iterable<string> = []) {
  const known = new Set<string>();
  /** By how they begin: their lengths, the longest first. */
  const lengths = new Map<string, number[]>();
  /** Their first characters: most places of a text are passed by these alone. */
  const firsts = new Set<number>();

  function add(value: string): void {
    if (value.length < SHORTEST || known.has(value)) return;
    known.add(value);
    firsts.add(value.charCodeAt(0));
    const begins = value.slice(0, SHORTEST);
    const all = new Set(lengths.get(begins)).add(value.length);
    lengths.set(
      begins,
      [...all].sort((a, b) => b - a),
    );
  }

  for (const value of values) add(value);

  return {
    add,
    has: (value: string) => known.has(value),
    size: () => known.size,
    /** Where they stand, none within another: the first, and of those that begin there the longest that `isOne` takes. */
    find(text: string, isOne: (start: number, end: number) => boolean = () => true): FoundText[] {
      const found: FoundText[] = [];
      if (known.size === 0) return found;
      for (let start = 0; start + SHORTEST <= text.length; ) {
        if (!firsts.has(text.charCodeAt(start))) {
          start++;
          continue;
        }
        const fitting = lengths.get(text.slice(start, start + SHORTEST));
        const length = fitting?.find((one) => known.has(text.slice(start, start + one)) && isOne(start, start + one));
        if (length !== undefined) found.push({ start, end: start + length, value: text.slice(start, start + length) });
        start += length ?? 1;
      }
      return found;
    },
  };
}
