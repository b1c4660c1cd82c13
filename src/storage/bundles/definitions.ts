// Definitions that bundles were made from, with every digit of their integers.
import { z } from 'zod';
import { type BroughtFrom, type Grant, type JobDefinition, type LookupName, type Related, sha256 } from '../../bundle/model/bundle.ts';
import { isObject, type Json, parseJson, stringifyJson } from '../../values/json.ts';
import type { Db } from '../db/db.ts';

/** What saveDefinition wrote beside the settings. The rows are ours, so only the outer shape is checked. */
const Referred = z.object({
  folder: z.string().optional(),
  broughtFrom: z.custom<BroughtFrom>((value) => typeof value === 'object' && value !== null).optional(),
  grants: z.custom<readonly Grant[]>(Array.isArray).optional(),
  related: z.custom<readonly Related[]>(Array.isArray).optional(),
  lookups: z.custom<readonly LookupName[]>(Array.isArray).optional(),
});

export async function saveDefinition(db: Db, host: string, definition: JobDefinition): Promise<string> {
  const { jobId } = definition;
  const body = definitionText(definition);
  const id = sha256(`${host}\n${jobId}\n${body}`);
  await db.query('insert into definitions (id, host, job_id, body) values ($1, $2, $3, $4) on conflict (id) do nothing', [
    id,
    host,
    jobId,
    body,
  ]);
  return id;
}

export async function loadDefinition(db: Db, id: string): Promise<JobDefinition | undefined> {
  const [row] = await db.query<{ job_id: string; body: string }>('select job_id, body from definitions where id = $1', [id]);
  if (row === undefined) return undefined;
  const definition = definitionFrom(row.job_id, row.body);
  if (definition === undefined) throw new Error(`The stored definition ${id} is damaged.`);
  return definition;
}

/** A definition without its job id as JSON text. */
export function definitionText({ jobId: _, ...rest }: JobDefinition): string {
  return stringifyJson(withoutUndefined(rest));
}

/** A definition out of the text of `definitionText`; undefined where it is none. */
export function definitionFrom(jobId: string, text: string): JobDefinition | undefined {
  const body = parseJson(text);
  const settings = isObject(body) ? body.settings : undefined;
  if (!isObject(body) || !isObject(settings)) return undefined;
  return { jobId, ...textAt('creator', body.creator), ...textAt('runAs', body.runAs), settings, ...Referred.parse(body) };
}

/** A value of ours as JSON: what is undefined is absent. */
export function withoutUndefined(value: unknown): Json {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (typeof value !== 'object' || value === null) return value as Json;
  return Object.fromEntries(Object.entries(value).flatMap(([key, item]) => (item === undefined ? [] : [[key, withoutUndefined(item)]])));
}

function textAt<K extends string>(key: K, value: Json | undefined): { [P in K]?: string } {
  return typeof value === 'string' ? ({ [key]: value } as { [P in K]: string }) : {};
}
