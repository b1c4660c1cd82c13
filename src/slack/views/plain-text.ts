// Markdown as plain text, for the line of a notification: the marks go, names keep their underscores.
import { escapeText } from './slack-text.ts';

const WORD = /[\p{L}\p{N}_]/u;
/** What is to the left of a heading or a quotation, and the fences of code blocks. */
const LINE_MARKS = /^[ \t]*(?:#{1,6}[ \t]+|>[ \t]?|```.*$)/gm;
const CODE_SPAN = /(`+[^`]*`+)/;

/** In one line; what Slack would read as a mention is escaped. */
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
