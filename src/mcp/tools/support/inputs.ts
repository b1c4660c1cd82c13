// Inputs that several tools share.
import { z } from 'zod';
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

export const moreTargets = z.array(targetName).max(10).optional().describe('Targets beside dev and prod, such as ["staging"].');

export const adoptTargets = z
  .array(targetName)
  .max(10)
  .optional()
  .describe(
    'Targets whose first deployment takes the original job over (bind) instead of making a copy; only when the person asks for it.',
  );

export const offset = z.int().min(0).max(100_000_000).optional().describe('Where to begin, in characters; left out: at the start.');

/** The same for lists, in entries. */
export const from = z.int().min(0).max(1_000_000).optional().describe('Where to begin, as the last page said; left out: at the start.');

/** Anything that `findId` accepts. */
export const named = z.string().trim().min(1).max(1000).describe('Its id, its address in the workspace, or its exact name.');
