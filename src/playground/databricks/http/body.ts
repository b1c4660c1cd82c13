// Reads what routes are sent: a JSON body with exact integers, and parameters that must be there.
import { type Call, invalid, Refusal } from './answer.ts';
import { isObject, type Json, type JsonObject, parseJson, textOf } from './json.ts';

export function bodyOf(call: Call): JsonObject {
  let parsed: Json;
  try {
    parsed = call.body.length === 0 ? {} : parseJson(call.body.toString('utf8'));
  } catch {
    throw new Refusal(400, 'MALFORMED_REQUEST', 'Invalid JSON given in the body of the request - failed to parse given JSON');
  }
  if (!isObject(parsed)) throw new Refusal(400, 'MALFORMED_REQUEST', 'Invalid JSON given in the body of the request - expected a map');
  return parsed;
}

/** A parameter in the query, or Databricks' words for its absence. */
export function queryText(call: Call, name: string): string {
  const value = call.query.get(name);
  if (value === null || value === '') throw invalid(`Missing required field: ${name}`);
  return value;
}

export function bodyText(body: JsonObject, name: string): string {
  const value = textOf(body[name]);
  if (value === undefined || value === '') throw invalid(`Missing required field: ${name}`);
  return value;
}
