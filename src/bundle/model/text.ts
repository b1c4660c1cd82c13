// Foreign text between double quotes, or as a name of SQL: nothing of it can break what stands around it.

/** What may not stand unescaped inside double quotes; Go's reader takes U+0085, U+2028 and U+2029 as line breaks. */
const TO_ESCAPE = /[\p{Cc}\p{Cs}\u2028\u2029\ufeff\ufffe\uffff]/gu;

/** A text in double quotes, everything invisible escaped: fit for YAML, comments and messages. */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(TO_ESCAPE, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * The statement that makes a schema, as people are told to run it: as code of Slack and Markdown. What is no plain name stands between backticks (facts: databricks#schemas-of-unity-catalog); then three of
 * them hold the whole. `<your name>` stands for itself.
 */
export function makeSchema(name: string): string {
  const statement = `CREATE SCHEMA IF NOT EXISTS ${name.split('.').map(identifier).join('.')}`;
  return statement.includes('`') ? `\`\`\`${statement}\`\`\`` : `\`${statement}\``;
}

function identifier(part: string): string {
  const plain = part.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').replaceAll('`', "'");
  return /^(?!\d+$)\w+$/.test(plain.replace('<your name>', 'you')) ? plain : `\`${plain}\``;
}
