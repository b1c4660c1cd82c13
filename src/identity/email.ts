// Whether two e-mail addresses are one mailbox: what ties a Slack user to a Databricks user.

/** Letters A-Z count as a-z and nothing else is folded: Unicode would make other letters, such as the Kelvin sign, equal to ASCII ones. */
export function isSameEmail(a: string, b: string): boolean {
  const fold = (text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  return a.includes('@') && fold(a) === fold(b);
}
