// HTML as a template: every value is escaped; only what this template made goes in as it is.

export interface Html {
  readonly html: string;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;', '`': '&#96;' };
/** Controls and marks that reorder text: a name must not turn the sentence around it. */
const UNSEEN = /[\p{Cc}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;

/** Text that is nothing but text between tags and in quoted attributes. */
function escapeHtml(text: string): string {
  return text.replace(UNSEEN, ' ').replace(/[&<>"'`]/g, (letter) => ENTITIES[letter] ?? '');
}

/** The tag of our templates. Attributes must be quoted in the template; a URL in one must be ours. */
export function html(parts: TemplateStringsArray, ...values: readonly (string | Html | readonly Html[])[]): Html {
  const text = values.map((value) => {
    if (typeof value === 'string') return escapeHtml(value);
    return 'html' in value ? value.html : value.map((item) => item.html).join('');
  });
  return { html: parts.map((part, index) => part + (text[index] ?? '')).join('') };
}
