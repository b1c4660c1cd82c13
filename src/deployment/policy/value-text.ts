// A setting's value as people may see it: short, every digit of its integers, and no secret in it.
import { isObject, type Json, stringifyJson } from '../../values/json.ts';
import { scrub } from '../../values/log.ts';

/** Characters of a value that are kept: more is read in the file. */
const MOST = 600;
/** What such a setting holds is nobody's to read, unless it names a secret instead of being one. */
const SECRET_NAME = /(password|passwd|secret|token|api_?key|access_?key|account\.key)(?!.*(scope|name|path|url))/i;

/** `path` is that of the setting; the last key on it says what the value is. */
export function valueText(path: string, value: Json): string {
  const hidden = hide(/[^.[\]"]*(\.[^.[\]"]*)?"?\]?$/.exec(path)?.[0] ?? path, value);
  const text = scrub(typeof hidden === 'string' ? hidden : stringifyJson(hidden));
  return text.length <= MOST ? text : `${text.slice(0, MOST - 1)}…`;
}

function hide(key: string, value: Json): Json {
  if (typeof value === 'string') return SECRET_NAME.test(key) && !/^\{\{secrets\//.test(value) ? '[secret]' : value;
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, hide(name, item)]));
  return Array.isArray(value) ? value.map((item: Json) => hide(key, item)) : value;
}
