// JSON whose integers keep every digit; the stand-in's own copy, because a far side shares no code with the bot.

export type Json = null | boolean | number | bigint | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** Parses JSON text; an integer that a double can't hold becomes a BigInt. Throws SyntaxError like JSON.parse. */
export function parseJson(text: string): Json {
  const revive = (_key: string, value: unknown, { source }: { source?: string }): unknown =>
    typeof value === 'number' && !Number.isSafeInteger(value) && source !== undefined && /^-?\d+$/.test(source) ? BigInt(source) : value;
  return JSON.parse(text, revive as (key: string, value: unknown) => unknown) as Json;
}

/** The JSON text of a value; BigInt is written as a bare integer, as the Jobs API writes its ids. */
export function stringifyJson(value: Json): string {
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return `[${value.map(stringifyJson).join(',')}]`;
  if (isObject(value))
    return `{${Object.entries(value)
      .map(([key, item]) => `${JSON.stringify(key)}:${stringifyJson(item)}`)
      .join(',')}}`;
  return JSON.stringify(value);
}

/** Tells a JSON object from every other JSON value. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The objects in a JSON array; nothing where it is no array. */
export function objectsIn(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The text of a JSON string or number; undefined for everything else. An int64 comes out with every digit. */
export function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' ? String(value) : undefined;
}

/** An id as JSON writes it: a bare integer, exact also beyond 2^53. */
export function idNumber(id: string): bigint {
  return BigInt(id);
}

/** A deep copy that shares nothing with the original. */
export function copyJson<T extends Json>(value: T): T {
  return structuredClone(value);
}
