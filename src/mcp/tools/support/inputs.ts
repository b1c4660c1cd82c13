// Inputs that several tools share.
import { z } from 'zod';
import type { Adoption } from '../../../bundle/model/bundle.ts';
import { TARGET_NAME } from '../../../bundle/model/safe-names.ts';

/** Anything that `findJob` accepts. An id is an int64, so it is a string: as a JSON number it would be rounded. */
export const job = z
  .string()
  .trim()
  .min(1)
  .max(4096)
  .describe('The job: its id as a string such as "123", its exact name, or its address in the workspace.');

export const bundleId = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'a bundle_id is 64 hexadecimal digits')
  .describe('The bundle_id that a tool answered or the message names; always in full.');

export const bundlePath = z.string().min(1).max(1000).describe('A path inside the bundle, such as "databricks.yml".');

export const workspacePath = z
  .string()
  .min(2)
  .max(1000)
  .regex(/^(\/|https?:\/\/)/, 'a workspace path begins with /')
  .describe('The workspace path, such as "/Users/ana@acme.example/etl/load".');

const targetName = z.string().regex(TARGET_NAME, 'a target is named with letters, digits, - and _');

export const moreTargets = z
  .array(
    z.strictObject({
      name: targetName,
      environment: z
        .enum(['development', 'production'])
        .describe("What it stands for; its name does not say it: ask the person once. development: everybody's own paused copy."),
    }),
  )
  .max(10)
  .optional()
  .describe('Targets beside dev and prod, such as [{"name": "staging", "environment": "production"}].');

export const originals = z
  .array(
    z.strictObject({
      target: targetName,
      way: z
        .enum(['take_over', 'copy_paused', 'pause_original'])
        .describe(
          'take_over: deploying makes the original itself part of the bundle, with its history. copy_paused: a copy beside it, paused. pause_original: a copy beside it, and the same approval pauses the original.',
        ),
    }),
  )
  .max(10)
  .optional()
  .describe(
    'What becomes of the original job in a production target; only what the person asked for. Left out: prod takes it over where the person can manage it, else a copy stands paused beside it.',
  );

const ADOPTIONS = { take_over: 'bind', copy_paused: 'beside', pause_original: 'replace' } as const;

/** What was asked for by target, as the generator takes it. */
export function adoptionsOf(asked: z.output<typeof originals>): Record<string, Adoption> {
  return Object.fromEntries((asked ?? []).map(({ target, way }) => [target, ADOPTIONS[way]]));
}

export const offset = z.int().min(0).max(100_000_000).optional().describe('Where to begin, in characters; left out: at the start.');

/** The same for lists, in entries. */
export const from = z.int().min(0).max(1_000_000).optional().describe('Where to begin, as the last page said; left out: at the start.');

/** Anything that `findId` accepts. */
export const named = z.string().trim().min(1).max(1000).describe('Its id, its address in the workspace, or its exact name.');
