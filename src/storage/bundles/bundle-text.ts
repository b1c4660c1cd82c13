// A stored bundle with its definition as one text, for the way between two stores.
import { z } from 'zod';
import { type Bundle, digestFiles, type JobDefinition } from '../../bundle/model/bundle.ts';
import { BundleMeta } from './bundles.ts';
import { definitionFrom, definitionText } from './definitions.ts';

/** A bundle on its way, and what it was made from. */
export interface CarriedBundle {
  readonly bundle: Bundle;
  readonly definition?: JobDefinition | undefined;
  /** The bundle that it was edited from. */
  readonly parent?: string | undefined;
}

const Text = z.object({
  meta: BundleMeta,
  files: z.array(z.object({ path: z.string().min(1), base64: z.base64() })),
  // JSON in JSON: its int64 integers keep their digits only in the hands of values/json.
  definition: z.object({ jobId: z.string(), body: z.string() }).optional(),
  parent: z.string().optional(),
});

export function bundleText({ bundle, definition, parent }: CarriedBundle): string {
  const { files, digest: _digest, called: _called, ...meta } = bundle;
  return JSON.stringify({
    meta,
    files: files.map(({ path, bytes }) => ({ path, base64: Buffer.from(bytes).toString('base64') })),
    ...(definition === undefined ? {} : { definition: { jobId: definition.jobId, body: definitionText(definition) } }),
    ...(parent === undefined ? {} : { parent }),
  });
}

/** The bundle in a text of `bundleText`, its digest that of its files; undefined where the text is none. */
export function bundleFrom(text: string): CarriedBundle | undefined {
  try {
    const { meta, files: encoded, definition: given, parent } = Text.parse(JSON.parse(text));
    const files = encoded.map(({ path, base64 }) => ({ path, bytes: new Uint8Array(Buffer.from(base64, 'base64')) }));
    const definition = given === undefined ? undefined : definitionFrom(given.jobId, given.body);
    if (given !== undefined && definition === undefined) return undefined;
    return { bundle: { ...meta, files, digest: digestFiles(files) }, definition, parent };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return undefined;
    throw error;
  }
}
