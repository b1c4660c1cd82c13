// Fields of a JSON answer as the types we expect, whatever they really hold.
import type { Json } from '../../values/json.ts';
import { textOf } from '../../values/text.ts';

/** A number that fits a double, such as a size or a time in milliseconds. */
export function count(value: Json | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** An id: text, or an int64 as text. */
export function id(value: Json | undefined): string | undefined {
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : textOf(value);
}
