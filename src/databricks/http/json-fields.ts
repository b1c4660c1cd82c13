// Parts of an answer, whatever it really holds: text, objects, lists of objects.
import { isObject, type Json, type JsonObject } from '../../values/json.ts';

/** Text that is not empty. */
export function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A number that a double holds, such as a size or a time in milliseconds. */
export function count(value: Json | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** An id: text, or an int64 as text. */
export function id(value: Json | undefined): string | undefined {
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : text(value);
}

/** The object, or an empty one. */
export function object(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

/** The items of a list. */
export function items(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

/** The objects in a list. */
export function objects(value: Json | undefined): JsonObject[] {
  return items(value).filter((item) => isObject(item));
}

/** `/Users/x` and `/Workspace/Users/x` are the same: the path without the mount. */
export function withoutMount(path: string): string {
  return path.replace(/^\/Workspace(?=\/)/, '');
}
