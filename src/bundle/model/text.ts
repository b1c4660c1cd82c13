// Foreign text between quotes, where nothing of it can break what stands around it.

/** What may not stand unescaped inside double quotes; Go's reader takes U+0085, U+2028 and U+2029 as line breaks. */
const TO_ESCAPE = /[\p{Cc}\p{Cs}\u2028\u2029\ufeff\ufffe\uffff]/gu;

/** A text in double quotes, everything invisible escaped: fit for YAML, comments and messages. */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(TO_ESCAPE, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
