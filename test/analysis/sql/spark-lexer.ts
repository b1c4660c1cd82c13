// How Spark splits SQL (SqlBaseLexer.g4), written down apart from what it judges: the words outside of strings, comments and backticks.

/** The words in upper case; undefined where a string, a name or a comment stays open. */
export function wordsAsSpark(text: string): string[] | undefined {
  const words: string[] = [];
  let at = 0;
  while (at < text.length) {
    const rest = text.slice(at);
    const hint = words.at(-1) === 'SELECT' ? /^\/\*\+[\w\s,().]*\*\//.exec(rest) : null;
    // A hint behind SELECT names joins and tables; anywhere else HINT_START is a token, and what follows is read as any other text.
    if (hint !== null) at += hint[0].length;
    else if (rest.startsWith('/*+')) at += 3;
    else if (rest.startsWith('/*')) {
      const end = commentEnd(text, at);
      if (end === undefined) return undefined;
      at = end;
    } else if (rest.startsWith('*/')) at += 2;
    else if (rest.startsWith('--')) at += /^--(?:\\\n|[^\r\n])*\r?\n?/.exec(rest)?.[0].length ?? 2;
    else {
      const raw = /^[rR](?:'[^']*'|"[^"]*")/.exec(rest);
      const string =
        raw ?? /^'(?:[^'\\]|\\[\s\S]|'')*'/.exec(rest) ?? /^"(?:[^"\\]|\\[\s\S]|"")*"/.exec(rest) ?? /^`(?:[^`]|``)*`/.exec(rest);
      if (string !== null) at += string[0].length;
      else if (/^['"`]/.test(rest)) return undefined;
      else {
        const word = /^\w+/.exec(rest);
        if (word !== null) words.push(word[0].toUpperCase());
        at += word?.[0].length ?? 1;
      }
    }
  }
  return words;
}

/** BRACKETED_COMMENT: '/*' {!isHint()}? ( BRACKETED_COMMENT | . )*? '*' '/' — comments nest. */
function commentEnd(text: string, start: number): number | undefined {
  let at = start + 2;
  while (at < text.length) {
    if (text.startsWith('*/', at)) return at + 2;
    const inner = text.startsWith('/*', at) && !text.startsWith('/*+', at) ? commentEnd(text, at) : undefined;
    at = inner ?? at + 1;
  }
  return undefined;
}
