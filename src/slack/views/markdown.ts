// A model's Markdown: made safe for a `markdown` block, and as plain text for the line of a notification. Both look at each character a few times only.
import { escapeText } from './slack-text.ts';

/** Mentions lose their power, and a link shows where it leads (facts: slack#text-and-notifications). */
export function safeMarkdown(text: string): string {
  return withoutDefinitions(withLinksShown(withSlackLinksShown(text)))
    .replace(/<(?=[!@#])/g, '‹')
    .replace(/@(channel|here|everyone)\b/g, '@\u200b$1');
}

/** A stretch of a text, and what stands there instead. */
interface Change {
  readonly start: number;
  readonly end: number;
  readonly by: string;
}

/** A text with its changes made, which come in order. */
function changed(text: string, changes: Iterable<Change>): string {
  let made = '';
  let from = 0;
  for (const { start, end, by } of changes) {
    made += text.slice(from, start) + by;
    from = end;
  }
  return made + text.slice(from);
}

/**
 * Where something stands next, for places that are asked for in order: patterns that look for the end of each beginning anew take a minute
 * for a long text full of beginnings.
 */
function nextIn(text: string, find: (from: number) => number): (from: number) => number {
  let next = -1;
  return (from) => {
    if (next < from) {
      const at = find(from);
      next = at < 0 ? text.length : at;
    }
    return next;
  };
}

const nextOf = (text: string, what: string) => nextIn(text, (from) => text.indexOf(what, from));

const SCHEME = /[a-z][\w+.-]*:/iy;

/** `<https://x.example|text>` as `text (https://x.example)`. */
function withSlackLinksShown(text: string): string {
  const [bar, close] = [nextOf(text, '|'), nextOf(text, '>')];
  function* links(): Iterable<Change> {
    for (let start = text.indexOf('<'); start >= 0; ) {
      const url = start + 1 + (matchAt(SCHEME, text, start + 1)?.length ?? 0);
      const [label, end] = [bar(url) + 1, close(url)];
      const isLink = url > start + 1 && label > url + 1 && label <= end && end < text.length;
      if (isLink) yield { start, end: end + 1, by: `${text.slice(label, end)} (${text.slice(start + 1, label - 1)})` };
      start = text.indexOf('<', isLink ? end + 1 : start + 1);
    }
  }
  return changed(text, links());
}

/** The first character of what an inline link leads to, and all up to a space or bracket; a title may follow. */
const DESTINATION = /\s*<?([^)\s>]+)/y;

/** `[text](https://x.example "title")`, of a picture too, as `text (https://x.example)`. */
function withLinksShown(text: string): string {
  const close = nextIn(text, (from) => unescapedBracket(text, from));
  const end = nextOf(text, ')');
  function* links(): Iterable<Change> {
    let isNone = -1;
    for (let open = text.indexOf('['); open >= 0; ) {
      const label = close(open + 1);
      // Many may open before one that closes: what follows it is looked at once.
      const last = label === isNone || text[label + 1] !== '(' ? text.length : end(label + 2);
      const leads = last === text.length ? undefined : matchAt(DESTINATION, text, label + 2, 1);
      const isLink = leads !== undefined;
      if (isLink) {
        const start = text[open - 1] === '!' ? open - 1 : open;
        yield { start, end: last + 1, by: `${text.slice(open + 1, label)} (${leads})` };
      } else isNone = label;
      open = text.indexOf('[', isLink ? last + 1 : open + 1);
    }
  }
  return changed(text, links());
}

/** The next `]` before which no backslash stands that is not escaped itself; a negative number where there is none. */
function unescapedBracket(text: string, from: number): number {
  let at = text.indexOf(']', from);
  for (; at >= 0; at = text.indexOf(']', at + 1)) {
    let slashes = at;
    while (slashes > from && text[slashes - 1] === '\\') slashes--;
    if ((at - slashes) % 2 === 0) break;
  }
  return at;
}

/** Where a line begins whose first character opens a bracket. */
const LINE_OPENS = /^[^\S\n\r\u2028\u2029]*\[/gm;
/** What follows the brackets of a definition, to the end of the line. */
const DEFINES = /:\s*\S.*/y;

/** Takes away `[name]: https://x.example`: it would give links elsewhere in the text a place that they do not show. */
function withoutDefinitions(text: string): string {
  const close = nextOf(text, ']');
  function* definitions(): Iterable<Change> {
    let isNone = -1;
    let from = 0;
    for (const { 0: opening, index: start } of text.matchAll(LINE_OPENS)) {
      const open = start + opening.length;
      if (start < from) continue;
      const label = close(open);
      const rest = label === open || label === isNone ? undefined : matchAt(DEFINES, text, label + 1);
      if (rest === undefined) {
        isNone = label;
        continue;
      }
      from = label + 1 + rest.length;
      yield { start, end: from, by: '' };
    }
  }
  return changed(text, definitions());
}

/** What a sticky pattern takes from a place on, or one of its groups. */
function matchAt(pattern: RegExp, text: string, index: number, group = 0): string | undefined {
  pattern.lastIndex = index;
  return pattern.exec(text)?.[group];
}

const WORD = /[\p{L}\p{N}_]/u;
/** What is to the left of a heading or a quotation, and the fences of code blocks. */
const LINE_MARKS = /^[ \t]*(?:#{1,6}[ \t]+|>[ \t]?|```.*$)/gm;
const CODE_SPAN = /(`+[^`]*`+)/;

/** In one line, for a notification: the marks go, names keep their underscores, and what Slack would read as a mention is escaped. */
export function plainText(markdown: string): string {
  const words = markdown
    .replace(LINE_MARKS, '')
    .split(CODE_SPAN)
    .map((part, index) => (index % 2 === 1 ? part.replaceAll('`', '') : withoutEmphasis(part).replaceAll('`', '')))
    .join('')
    .replace(/\s+/g, ' ')
    .trim();
  return escapeText(words);
}

/** Takes away runs of `*` and `_` that open and close; one that stands alone, or within a word such as `daily_revenue`, is part of the text. */
function withoutEmphasis(text: string): string {
  const marks = [...text.matchAll(/\*+|_+/g)].map((match) => ({ mark: match[0], at: match.index, end: match.index + match[0].length }));
  const open = new Map<string, number>();
  const gone = new Set<number>();
  marks.forEach(({ mark, at, end }, index) => {
    const [before = ' ', after = ' '] = [text[at - 1], text[end]];
    const opening = open.get(mark);
    if (opening !== undefined && /\S/.test(before) && !WORD.test(after)) {
      gone.add(opening).add(index);
      open.delete(mark);
    } else if (/\S/.test(after) && !WORD.test(before)) open.set(mark, index);
  });
  let kept = '';
  let from = 0;
  marks.forEach(({ at, end }, index) => {
    if (!gone.has(index)) return;
    kept += text.slice(from, at);
    from = end;
  });
  return kept + text.slice(from);
}
