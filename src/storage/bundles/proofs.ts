// Rows of proofs: what a bundle kept of its job, as one person's CLI resolved it in one workspace.
import { z } from 'zod';
import { countsOf, type Proof } from '../../bundle/proof/proof.ts';
import { type Json, parseJson, stringifyJson } from '../../values/json.ts';
import { type Db, jsonbText } from '../db/db.ts';
import { withoutUndefined } from './definitions.ts';

const Value = z.custom<Json>((value) => value !== undefined).optional();
const VERDICTS = ['identical', 'source', 'variable', 'added', 'decided', 'edited', 'lost'] as const;
/** How rows of before called two of them. */
const FORMER: Readonly<Record<string, string>> = { dropped: 'decided', different: 'lost' };
const Verdict = z.preprocess((name) => (typeof name === 'string' ? (FORMER[name] ?? name) : name), z.enum(VERDICTS));
const Standing = z.enum(['newer CLI', 'in no bundle', 'unknown']);
const StoredProof = z.object({
  target: z.string(),
  judge: z.string().default('Databricks CLI'),
  folder: z.string().optional(),
  entries: z.array(
    z.object({ place: z.string(), verdict: Verdict, was: Value, is: Value, why: z.string().optional(), standing: Standing.optional() }),
  ),
  sources: z
    .object({
      files: z.int(),
      identical: z.int(),
      changed: z.array(z.object({ path: z.string(), file: z.string(), why: z.string(), told: z.boolean() })),
    })
    .default({ files: 0, identical: 0, changed: [] }),
  unreadGrants: z.array(z.string()).optional(),
  secrets: z.array(z.object({ place: z.string(), kind: z.string() })).default([]),
  warnings: z.array(z.string()),
});

export interface ProofStore {
  /** Keeps the proof of a stored bundle; a newer one of the same person replaces it. */
  save(of: { bundleDigest: string; host: string; userName: string }, proof: Proof): Promise<void>;
  load(of: { bundleDigest: string; host: string; userName: string }): Promise<Proof | undefined>;
}

export function createProofStore(db: Db): ProofStore {
  return {
    async save(of, proof) {
      await db.query(
        `insert into proofs (bundle_digest, host, user_name, proof) values ($1, $2, $3, $4::jsonb)
         on conflict (bundle_digest, host, user_name) do update set proof = excluded.proof`,
        [of.bundleDigest, of.host, of.userName, jsonbText(stringifyJson(withoutUndefined(proof)))],
      );
    },
    async load(of) {
      // As text: the driver's JSON.parse would round int64 ids.
      const [row] = await db.query<{ proof: string }>(
        'select proof::text as proof from proofs where bundle_digest = $1 and host = $2 and user_name = $3',
        [of.bundleDigest, of.host, of.userName],
      );
      if (row === undefined) return undefined;
      const proof = StoredProof.parse(parseJson(row.proof));
      return { ...proof, counts: countsOf(proof.entries) };
    },
  };
}
