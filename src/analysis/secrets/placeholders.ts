// What stands where a secret could, but is none: references, variables, masks, words that say "put yours here", ordinary names.

/** The whole value is a reference or a variable: `{{secrets/…}}`, `${x}`, `$x`, `{x}`, `<x>`, `[secret …]`, `%s`, `:x`, `?`. */
const REFERENCE =
  /^(?:\{[^{}]*\}|\{\{[^{}]*\}\}|<[^<>]*>|\[[^[\]]*\]|\$[\w.{(].*|%\w+%|%s|%\(\w+\)s|:[A-Za-z_]\w*|\?|@[A-Za-z]\w*|__\w+__|#\{.*\}#?|&\w+|\*\w+)$/s;
/** Part of it is filled in when it runs. */
const PARTLY_FILLED = /\$\{|\{\{|\[secret\b|%\(\w+\)s|%s|<[A-Za-z][\w -]*>/;
const EMPTY_WORDS =
  /^(?:none|null|nil|na|n\/a|undefined|true|false|empty|unset|default|optional|required|string|str|tbd|hidden|secret:?)$/i;
const PUT_YOURS =
  /(?:^|[^A-Za-z])(?:your|yours|my|example|sample|placeholder|change[_ -]?(?:me|it)|redacted|masked|dummy|todo|fixme|insert|replace|enter|fill)(?:[^A-Za-z]|$)|x{4,}|\*{3,}|\.{3,}|^change(?:me|it)$|EXAMPLE(?:KEY)?$/i;
/** A name of the thing instead of the thing: `password`, `db_password`, `api-key-name`. */
const NAME_OF_IT =
  /^(?:(?:db|user|username|my|the|login|database|jdbc|sql|new|old|docker|service|access|client|auth)[\s_.-])*(?:password|passwd|passphrase|pwd|pass|secret|token|api[_-]?key|key|credentials?)s?(?:[_.-](?:name|id|key|value|scope|field|column|here))*$/i;
/** A place where it is kept. */
const KEPT_ELSEWHERE = /^(?:op|vault|azurekeyvault|keyvault|env|file|secrets?|ssm):|^arn:aws:|^projects\/[^/]+\/secrets\//i;

/** Whether a value is no secret whatever name it has. */
export function isPlaceholder(value: string): boolean {
  const text = value.trim();
  return (
    text === '' ||
    /^(.)\1*$/su.test(text) ||
    [REFERENCE, PARTLY_FILLED, EMPTY_WORDS, PUT_YOURS, NAME_OF_IT, KEPT_ELSEWHERE].some((pattern) => pattern.test(text))
  );
}

/** Bits per character. */
function entropyOf(value: string): number {
  const counts = new Map<string, number>();
  for (const char of value) counts.set(char, (counts.get(char) ?? 0) + 1);
  const length = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return [...counts.values()].reduce((sum, count) => sum - (count / length) * Math.log2(count / length), 0);
}

/** Characters that keys and tokens are made of; a value with others, such as spaces, is text. */
const KEY_CHARACTERS = /^[\w+/=.~%!@#$^&*:?;,-]{8,2048}$/;
const WORD = /^(?:[A-Za-z]{0,24}\d{0,4}|v?\d[\d.]*)$/;

/** Whether a value is made by a machine: letters and digits mixed as no word, name, path, date or version does. */
export function looksRandom(value: string): boolean {
  if (!KEY_CHARACTERS.test(value) || !/[A-Za-z]/.test(value) || !/\d/.test(value)) return false;
  if (
    /^(?:https?|abfss?|wasbs?|s3a?|gs|dbfs|jdbc)\b/i.test(value) ||
    /^(?:\/|\.\.?\/)/.test(value) ||
    /\.(?:json|ya?ml|txt|pem|py|sql|csv)$/i.test(value)
  )
    return false;
  if (value.split(/[-_./:\s]/).every((part) => WORD.test(part))) return false;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((kind) => kind.test(value)).length;
  return (value.length >= 16 || kinds >= 3) && entropyOf(value) >= 2.8;
}
