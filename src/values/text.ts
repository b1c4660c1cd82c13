// Text taken apart: out of foreign answers, out of addresses that people wrote, and our own lists of words.

/** The value where it is a text that is not empty. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** An address of Git without a login: clones, those of build machines above all, often carry a token in theirs. */
export function withoutLogin(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/]*@/i, '$1');
}

/** The words of a text, as long lists of names are written down. */
export function wordSet(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/));
}

/** `1 file`, `2 files`: a number with a noun whose plural ends in s. */
export function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** The lines of places in a text, which are asked for in order; they count from 1. */
export function lineCounter(text: string): (index: number) => number {
  let line = 1;
  let counted = 0;
  return (index) => {
    for (let at = text.indexOf('\n', counted); at >= 0 && at < index; at = text.indexOf('\n', at + 1)) line++;
    counted = index;
    return line;
  };
}
