// The tokens of a SQL text that every reader of Databricks' dialect splits alike; a text that readers could split differently has none.

export interface SqlToken {
  /** `quoted` is in backticks; a `word` is in upper case. */
  readonly kind: 'word' | 'quoted' | 'string' | 'number' | 'sign';
  readonly text: string;
  /** Where it begins. */
  readonly at: number;
}

type Scan = { readonly ok: true; readonly tokens: readonly SqlToken[] } | { readonly ok: false; readonly why: string };

const SPACE = /[ \t\n]+|\r\n/y;
const LINE_COMMENT = /--[^\n]*/y;
const WORD = /[A-Za-z_]\w*/y;
const NUMBER = /\d\w*/y;
/** Hints are no comments to Spark: their inside counts, so it must hold nothing that could open a quote, and stand where hints may. */
const HINT = /\/\*\+[\w\s,().]*\*\//y;
/** `$` and `{}` are replaced before parsing, or quote; `#`, `//`, a backslash and a comment’s end are more to one reader than to another. */
const SIGN = /[-+*/%<>=!?:;,.()[\]~^&|@]/;

/**
 * Spark's lexer (SqlBaseLexer.g4) nests block comments, continues a line comment behind a backslash, ends it at a bare carriage return, and
 * takes `r'\'` as a whole string. Other lexers do not: a text where that makes a difference is refused, with words that say why.
 */
export function scanSql(text: string): Scan {
  const tokens: SqlToken[] = [];
  const no = (why: string): Scan => ({ ok: false, why });
  if (!text.isWellFormed() || /[\0\v\f\u0085\u2028\u2029\ufeff]|\r(?!\n)/.test(text))
    return no('it holds an unusual line break or character');
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  while (at < text.length) {
    if (take(SPACE) !== undefined) continue;
    const comment = take(LINE_COMMENT);
    if (comment !== undefined) {
      if (comment.includes('\\')) return no('a comment holds a backslash');
      continue;
    }
    if (text.startsWith('/*', at)) {
      if (tokens.at(-1)?.text === 'SELECT' && take(HINT) !== undefined) continue;
      const end = text.indexOf('*/', at + 2);
      if (end < 0 || text.startsWith('/*+', at) || text.slice(at + 2, end + 2).includes('/*'))
        return no('a comment is open, or in a comment, or a hint of an unusual form');
      at = end + 2;
      continue;
    }
    const start = at;
    const word = take(WORD);
    if (word !== undefined) {
      if (/^r$/i.test(word) && /['"]/.test(text[at] ?? '')) return no('it holds a raw string');
      tokens.push({ kind: 'word', text: word.toUpperCase(), at: start });
      continue;
    }
    const number = take(NUMBER);
    const char = text[at] ?? '';
    if (number !== undefined) tokens.push({ kind: 'number', text: number, at: start });
    else if (char === "'" || char === '"' || char === '`') {
      const end = text.indexOf(char, at + 1);
      if (end < 0) return no('a quote is open');
      const inside = text.slice(at + 1, end);
      // Whether the backslash takes the quote's meaning away is what readers differ in.
      if (inside.endsWith('\\') || (char === '`' && inside.includes('\\'))) return no('a backslash stands before a quote');
      tokens.push({ kind: char === '`' ? 'quoted' : 'string', text: inside, at: start });
      at = end + 1;
    } else if (SIGN.test(char) && !/^(\/\/|\*\/)/.test(text.slice(at, at + 2))) {
      tokens.push({ kind: 'sign', text: char, at: start });
      at++;
    } else return no('it holds a sign that has no one meaning outside of quotes');
  }
  return { ok: true, tokens };
}
