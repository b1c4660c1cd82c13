// One conversion: what was read becomes a bundle, which is compared with the definition and left on disk.
import { targetsOf } from '../bundle/generate/generate.ts';
import type { Adoption, Bundle, Diagnostic } from '../bundle/model/bundle.ts';
import { compare } from '../bundle/proof/compare.ts';
import { leaveOutUnknown } from '../bundle/proof/leave-out-unknown.ts';
import { holds, type Proof } from '../bundle/proof/proof.ts';
import { proofFiles, proofLine } from '../bundle/proof/render.ts';
import { resolveBundle } from '../bundle/proof/resolve-offline.ts';
import { productionTarget } from '../bundle/yaml/describe-tree.ts';
import type { Placing } from '../conversion/choose-places.ts';
import { type BundleWish, makeBundle } from '../conversion/make-bundle.ts';
import type { LooksForSchemas } from '../conversion/own-schemas.ts';
import type { WholeSubject } from '../conversion/subject.ts';
import type { Cli, OpenCli } from '../deployment/cli/open-bundle.ts';
import { writeTree } from './disk.ts';
import type { Options } from './options.ts';

export type Converted = Awaited<ReturnType<typeof convert>>;

type Validated = Awaited<ReturnType<OpenCli['validate']>> & Pick<OpenCli, 'version'>;

interface Surroundings {
  /** Of the workspace; empty without one. */
  readonly host: string;
  /** As whom a target is resolved where there is no CLI. */
  readonly userName: string;
  /** Where targets may lie; absent without a workspace. */
  readonly placing?: Omit<Placing, 'host'> | undefined;
  readonly schemas?: LooksForSchemas | undefined;
  /** Resolves a target with the CLI; absent where there is no CLI, or no workspace: the bundle is then resolved without one. */
  readonly resolve?: ((bundle: Bundle, target: string) => Promise<Validated>) | undefined;
  /** Of the configuration: where development copies write. */
  readonly devData?: BundleWish['devData'];
  /** What the CLI at hand understands, undefined where there is none. */
  readonly understands: Cli['understands'];
}

/**
 * Makes, proves and writes one bundle into the folder `out`. Answers what people should look at, what is lost, the one line for them, and whether all is
 * the same (`ok`). Rejects with UserError where it can't be written or validated.
 */
export async function convert(
  subject: WholeSubject,
  out: string,
  options: Pick<Options, 'proof' | 'targets' | 'adopt'>,
  surroundings: Surroundings,
) {
  const { targets } = options;
  // Unless it is taken over, production is the job as it is, and takes its place: deployed from here it waits until the original is paused.
  const production = targetsOf(targets).filter(({ environment }) => environment === 'production');
  const replaced = surroundings.placing === undefined || subject.definition.jobId === '' ? [] : production;
  const originals: Record<string, Adoption> = {
    ...Object.fromEntries(replaced.map(({ name }) => [name, 'replace'])),
    ...Object.fromEntries(options.adopt.map((target) => [target, 'bind'])),
  };
  const { userName: deployer, devData } = surroundings;
  const { bundle, findings } = await makeBundle(subject, { targets, originals, deployer, devData }, surroundings);
  const diagnostics = [...bundle.diagnostics, ...secretsFound(bundle), ...findings];
  const refused = diagnostics.some(({ level }) => level === 'error');
  const proof = options.proof && !refused ? await prove(bundle, subject, surroundings) : undefined;
  writeTree(out, [...bundle.files, ...(proof === undefined ? [] : proofFiles(proof))]);
  const line =
    proof === undefined
      ? `${bundle.files.length} files, not compared`
      : `${proofLine(proof)} (judge: ${proof.judge}; target ${proof.target})`;
  const lost = (proof?.entries ?? []).filter(({ verdict }) => verdict === 'lost');
  // Of what is lost the proof says more than a note does.
  const places = new Set(lost.map(({ place }) => place));
  const notes = diagnostics.filter(({ level, place }) => level !== 'note' || !places.has(place));
  return { bundle, diagnostics: notes, lost, line, ok: !refused && (proof === undefined || holds(proof)) };
}

async function prove(
  bundle: Bundle,
  { definition, madeUp }: WholeSubject,
  { userName, resolve, understands }: Surroundings,
): Promise<Proof> {
  const target = productionTarget(bundle) ?? 'prod';
  const about = { definition, bundle, target, madeUp };
  const answer = await resolve?.(bundle, target);
  if (answer !== undefined) {
    const compared = { ...about, ...answer, judge: `Databricks CLI ${answer.version}` };
    const proof = compare(compared);
    return proof.counts.lost === 0 ? proof : compare({ ...compared, models: await understands() });
  }
  const models = await understands();
  const guess = resolveBundle(bundle.files, target, { userName });
  const resolved = models === undefined ? guess : leaveOutUnknown(guess, models);
  const judge =
    models === undefined ? 'not asked: there is no CLI here' : `schema of ${models.source} ${models.version}, without a workspace`;
  return compare({ ...about, resolved, judge, models });
}

function secretsFound({ secrets }: Bundle): Diagnostic[] {
  return secrets.map(({ path, line, kind }) => ({
    level: 'warning',
    place: `${path}:${line}`,
    message: `holds what looks like a hard-coded secret (${kind}); replace it before you share or deploy the bundle`,
  }));
}
