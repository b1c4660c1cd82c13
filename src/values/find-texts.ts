// Finds many texts in another one at once, in time that grows with that one and hardly with how many there are.

export interface FoundText {
  readonly start: number;
  readonly end: number;
  readonly value: string;
}

/** Shorter ones are not found. */
export const SHORTEST = 8;

/** Where the values go on that begin alike: by their next characters, as many as the shortest has, and how they end where fewer are left. */
interface Branch {
  readonly next: Map<string, Branch>;
  readonly ends: Set<string>;
}

export function createFinder(values: Iterable<string> = []) {
  const known = new Set<string>();
  const root = newBranch();
  /** Their first characters: most places of a text are passed by these alone. */
  const firsts = new Set<number>();

  function add(value: string): void {
    if (value.length < SHORTEST || known.has(value)) return;
    known.add(value);
    firsts.add(value.charCodeAt(0));
    let branch = root;
    let at = 0;
    for (; at + SHORTEST <= value.length; at += SHORTEST) {
      const step = value.slice(at, at + SHORTEST);
      const next = branch.next.get(step) ?? newBranch();
      branch.next.set(step, next);
      branch = next;
    }
    branch.ends.add(value.slice(at));
  }

  for (const value of values) add(value);

  /** Where the values end that begin at a place of a text, the shortest first. */
  function endsFrom(text: string, start: number): number[] {
    const found: number[] = [];
    let at = start;
    for (let branch: Branch | undefined = root; branch !== undefined; at += SHORTEST) {
      if (branch.ends.size > 0)
        for (let end = at; end < at + SHORTEST && end <= text.length; end++) if (branch.ends.has(text.slice(at, end))) found.push(end);
      branch = branch.next.get(text.slice(at, at + SHORTEST));
    }
    return found;
  }

  return {
    add,
    has: (value: string) => known.has(value),
    size: () => known.size,
    /** Where they stand, none within another: the first, and of those that begin there the longest that `isOne` takes. */
    find(text: string, isOne: (start: number, end: number) => boolean = () => true): FoundText[] {
      const found: FoundText[] = [];
      if (known.size === 0) return found;
      for (let start = 0; start + SHORTEST <= text.length; ) {
        const from = start;
        const end = firsts.has(text.charCodeAt(start)) ? endsFrom(text, start).findLast((one) => isOne(from, one)) : undefined;
        if (end !== undefined) found.push({ start, end, value: text.slice(start, end) });
        start = end ?? start + 1;
      }
      return found;
    },
  };
}

function newBranch(): Branch {
  return { next: new Map(), ends: new Set() };
}
