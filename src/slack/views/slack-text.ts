// Text for Slack: what is foreign is escaped, cut, and loses its power to ping or link (facts: slack#text-and-notifications).

/** Escapes what Slack would read as markup: a foreign name must not become a mention, a link or a ping. */
export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** What somebody typed, as they typed it: Slack escapes it. */
export function unescapeText(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** A foreign name in a line of ours: no line of its own, no bold or code. */
export function oneLine(escaped: string): string {
  return escaped.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').replace(/[*~`]/g, '\u200b$&');
}

/** The same for our own words that mention people by id. */
export function escapeButMentions(text: string): string {
  return escapeText(text).replace(/&lt;@([UW]\w+)&gt;/g, '<@$1>');
}

/** Cuts to a length and says so. */
export function clip(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

/** A foreign name as a code span of Markdown: nothing in it is markup. */
export function codeSpan(text: string): string {
  return `\`${text.replace(/[`<>\n]/g, "'")}\``;
}

/** A link whose text is foreign: a bar or a bracket would end it. */
export function linkTo(url: string, text: string): string {
  return `<${encodeURI(url).replaceAll('|', '%7C')}|${escapeText(clip(text, 200)).replace(/[|\n]/g, ' ')}>`;
}

/** "45 s", "12 min", "2 h 5 min". */
export function durationWords(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h${minutes % 60 === 0 ? '' : ` ${minutes % 60} min`}`;
}

/** A time in the reader's own zone, with UTC for clients that can't. */
export function slackDate(when: Date): string {
  return `<!date^${Math.floor(when.getTime() / 1000)}^{date_short_pretty} at {time}|${when.toISOString().slice(0, 16).replace('T', ' ')} UTC>`;
}
