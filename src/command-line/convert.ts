// One conversion: a definition and its sources become a bundle, which is compared with the definition and left on disk.

import { checkBundle } from '../bundle/check/check-bundle.ts';
import { generateBundle } from '../bundle/generate/generate.ts';
import type { Bundle, Diagnostic, JobDefinition, Source } from '../bundle/model/bundle.ts';
import { compare } from '../bundle/proof/compare.ts';
import { holds, type Proof } from '../bundle/proof/proof.ts';
import { proofFiles, proofLine } from '../bundle/proof/render.ts';
import { resolveBundle } from '../bundle/proof/resolve-offline.ts';
import { writeTree } from './disk.ts';
import type { Options } from './options.ts';

/** Who the CLI acts as, and where; absent without a workspace. */
export interface Login {
  readonly host: string;
  readonly token: string;
}

export interface Converted {
  readonly bundle: Bundle;
  /** What people should look at, of generating and of the allow-list. */
  readonly diagnostics: readonly Diagnostic[];
  readonly proof?: Proof | undefined;
  /** The one line for people. */
  readonly line: string;
  /** Something differs, or can't be expressed, and nobody was told otherwise. */
  readonly ok: boolean;
}

export interface ConvertDeps {
  readonly findSecrets: (files: Bundle['files']) => Promise<Bundle['secrets']>;
  /** undefined: there is no CLI, or no workspace to resolve against; the bundle is then resolved without one. */
  readonly resolve?:
    | ((bundle: Bundle, target: string) => Promise<{ resolved: Parameters<typeof compare>[0]['resolved']; warnings: string[] }>)
    | undefined;
}

/** Generates, proves and writes one bundle. Rejects with UserError where it can't be written or validated. */
export async function convert(
  deps: ConvertDeps,
  options: Pick<Options, 'proof' | 'targets' | 'adopt'>,
  input: {
    definition: JobDefinition;
    sources: readonly Source[];
    diagnostics: readonly Diagnostic[];
    host: string;
    userName: string;
    out: string;
  },
): Promise<Converted> {
  const { definition, sources, diagnostics, host, out } = input;
  const adoption = Object.fromEntries(options.adopt.map((target) => [target, 'bind'] as const));
  const generated = generateBundle({ definition, sources, diagnostics, host, options: { targets: options.targets, adoption } });
  const bundle = { ...generated, secrets: await deps.findSecrets(generated.files) };
  const found = [...bundle.diagnostics, ...secretsFound(bundle), ...checkBundle(bundle.files)];
  const refused = found.filter(({ level }) => level === 'error');
  const proof = options.proof && refused.length === 0 ? await prove(deps, bundle, definition, input.userName) : undefined;
  writeTree(out, [...bundle.files, ...(proof === undefined ? [] : proofFiles(proof))]);
  const line = proof === undefined ? `${bundle.files.length} files, not compared` : proofLine(proof);
  return { bundle, diagnostics: found, proof, line, ok: refused.length === 0 && (proof === undefined || holds(proof)) };
}

const TARGET = 'prod';

async function prove(deps: ConvertDeps, bundle: Bundle, definition: JobDefinition, userName: string): Promise<Proof> {
  const answer = deps.resolve === undefined ? undefined : await deps.resolve(bundle, TARGET);
  const resolved = answer?.resolved ?? resolveBundle(bundle.files, TARGET, { userName });
  return compare({ definition, bundle, resolved, target: TARGET, warnings: answer?.warnings });
}

function secretsFound({ secrets }: Bundle): Diagnostic[] {
  return secrets.map(({ path, line, kind }) => ({
    level: 'warning',
    place: `${path}:${line}`,
    message: `holds what looks like a hard-coded secret (${kind}); replace it before you share or deploy the bundle`,
  }));
}
