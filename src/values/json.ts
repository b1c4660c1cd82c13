// JSON whose integers keep every digit: Databricks ids are int64, and JSON.parse rounds them.

export type Json = null | boolean | number | bigint | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** The third argument that JSON.parse hands its reviver (Node 22; not in TypeScript's library yet). */
type ReviverContext = { source?: string };
type Reviver = (key: string, value: unknown, context: ReviverContext) => unknown;

/** Parses JSON text; an integer that a double can't hold becomes a BigInt. Throws SyntaxError like JSON.parse. */
export function parseJson(text: string): Json {
  const revive: Reviver = (_key, value, { source }) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && source !== undefined && /^-?\d+$/.test(source) ? BigInt(source) : value;
  return JSON.parse(text, revive as (key: string, value: unknown) => unknown) as Json;
}

/** The JSON text of a value, BigInt written as a bare integer, keys in the order they have. */
export function stringifyJson(value: Json): string {
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return `[${value.map(stringifyJson).join(',')}]`;
  if (isObject(value)) {
    return `{${Object.entries(value)
      .map(([key, item]) => `${JSON.stringify(key)}:${stringifyJson(item)}`)
      .join(',')}}`;
  }
  return JSON.stringify(value);
}

/** Tells a JSON object from every other JSON value. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object, or an empty one. */
export function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

/** The items of a list, or none. */
export function itemsIn(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

/** The objects in a list. */
export function objectsIn(value: Json | undefined): JsonObject[] {
  return itemsIn(value).filter((item) => isObject(item));
}

/** Sets a key of a mapping that is being made; `__proto__` is a name like any other. */
export function setKey(mapping: Record<string, Json>, key: string, value: Json): void {
  if (key === '__proto__') Object.defineProperty(mapping, key, { value, enumerable: true, configurable: true, writable: true });
  else mapping[key] = value;
}
