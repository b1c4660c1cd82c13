// Makes the bundle of what was read, looks for secrets in it, and holds it against the allow-list.
import { findSecrets, findSecretsInText } from '../analysis/secrets/find.ts';
import { experimentsNamed, namedInSchemas } from '../analysis/table-places.ts';
import { isStatement, placesInText } from '../analysis/tables-in-text.ts';
import { analyzeWheels } from '../analysis/wheels.ts';
import { checkBundle } from '../bundle/check/check-bundle.ts';
import type { DevData } from '../bundle/data/names.ts';
import { generateBundle, targetsOf } from '../bundle/generate/generate.ts';
import { namesData } from '../bundle/generate/own-data.ts';
import { namesExperiment, type TargetWish } from '../bundle/generate/targets.ts';
import type { Adoption, Bundle, DashboardReads, Diagnostic, StatementTables } from '../bundle/model/bundle.ts';
import { leavesOf } from '../bundle/model/leaves.ts';
import { parameterGiven } from '../bundle/model/path-and-id-fields.ts';
import { type KeyedResource, keyedResources, resourceDefinitions } from '../bundle/model/resources.ts';
import { wheelUses } from '../bundle/model/wheel-uses.ts';
import { callSecrets } from '../bundle/secrets/called-secrets.ts';
import { UserError } from '../values/errors.ts';
import { during } from '../values/stalls.ts';
import { apart } from '../worker/apart.ts';
import { choosePlaces, type Placing } from './choose-places.ts';
import { readsOfDashboard } from './dashboard-reads.ts';
import { type LooksForSchemas, schemasToMake } from './own-schemas.ts';
import type { WholeSubject } from './subject.ts';

export interface BundleWish {
  /** Targets beside dev and prod. */
  readonly targets?: readonly TargetWish[] | undefined;
  /** What somebody has said about the originals, by target. */
  readonly originals?: Readonly<Record<string, Adoption>> | undefined;
  /** Whoever deploys, where nobody else will. */
  readonly deployer?: string | undefined;
  readonly devData?: DevData | undefined;
}

interface Surroundings {
  /** The workspace that the subject was read from; empty where it was none. */
  readonly host: string;
  /** Where targets may lie there; absent where there is no workspace, so that production lies below the home of whoever deploys. */
  readonly placing?: Omit<Placing, 'host'> | undefined;
  /** Looks whether schemas are there, as whoever deploys development copies; absent where there is no workspace. */
  readonly schemas?: LooksForSchemas | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The same subject, wish and known places make the same bundle; with an error in its diagnostics or in `findings` it is neither validated nor deployed. Rejects
 * with UserError for a target that can't be, or with the signal's reason.
 */
export async function makeBundle(
  subject: WholeSubject,
  { targets, originals = {}, deployer, devData }: BundleWish,
  { host, placing, schemas, signal }: Surroundings,
) {
  signal?.throwIfAborted();
  const all = targetsOf(targets);
  const strange = Object.keys(originals).find((target) => !all.some(({ name }) => name === target));
  if (strange !== undefined)
    throw new UserError({
      doing: 'Making the bundle',
      problem: `There is no target \`${strange.slice(0, 80)}\` to take the original over in.`,
      next: `Name one of ${all.map(({ name }) => `\`${name}\``).join(', ')}, or add that target.`,
    });
  const where = placing && (await choosePlaces(subject.definition, all, { host, ...placing }, originals));
  const options = { targets, adoption: originals, deployer, devData, ...where };
  const { tables, makes, statements } = await dataOf(subject);
  const dashboards = tables.length === 0 ? [] : await dashboardsOf(subject);
  signal?.throwIfAborted();
  const generated = during('generating a bundle', () => generateBundle({ ...subject, tables, statements, dashboards, host, options }));
  const { files } = generated;
  const bundle = { ...generated, secrets: callSecrets({ files, secrets: await findSecrets(files) }) };
  signal?.throwIfAborted();
  const toMake = schemas === undefined ? [] : await schemasToMake(bundle, makes, schemas);
  const findings = during('checking a bundle', () => notToldYet(checkBundle(bundle.files), bundle));
  return { bundle, findings: [...findings, ...toMake] };
}

/** What the generator says of a setting that can't be said the check of its tree says again, by the place in the YAML. */
function notToldYet(findings: readonly Diagnostic[], { diagnostics, resources }: Bundle): Diagnostic[] {
  const main = `jobs.${resources[0]?.key ?? ''}`;
  const told = diagnostics.flatMap(({ level, place }) => {
    const [, resource = main, setting = place] = /^(\w+\.[\w-]+): (.*)$/.exec(place) ?? [];
    return level === 'error' ? [`: resources.${resource}.${setting}`] : [];
  });
  return findings.filter(({ place }) => !told.some((one) => place.endsWith(one)));
}

/** Loads what the first bundle would be held up by. */
export async function loadMaking(): Promise<void> {
  await findSecretsInText('nothing', '');
}

/** Only where a catalog, schema or experiment is a variable it counts what the code does with it: the parsers cost more than all the rest. */
async function dataOf({ definition, sources, madeUp }: WholeSubject) {
  const resources = madeUp ? [] : keyedResources(definition);
  const statements = await statementsIn(resources);
  const counts = namesData(resources) || namesExperiment(resources) || statements.length > 0;
  if (!counts || sources.length === 0) return { tables: [], makes: [], statements };
  const analyses = await Promise.all(sources.map((source) => apart.analyze(source)));
  const programs = resourceDefinitions(definition).flatMap(({ value }) => wheelUses(leavesOf(value)).programs);
  const inWheels = await analyzeWheels(sources, {
    programs,
    dependencies: analyses.flatMap(({ dependencies }) => dependencies),
    analyze: apart.analyze,
  });
  const all = [...analyses.map((analysis) => ({ file: analysis, analysis })), ...inWheels];
  const tables = all.map(({ file, analysis }) => {
    return { path: file.path, tables: namedInSchemas(analysis), experiments: experimentsNamed(analysis) };
  });
  return { tables, makes: all.flatMap(({ analysis }) => analysis.makes), statements };
}

/** Statements of a job's settings that are parsed; our choice. */
const MOST_STATEMENTS = 50;

/** Those that parameters hold and that change something; references of another bundle in them would become ours. */
async function statementsIn(resources: readonly KeyedResource[]): Promise<StatementTables[]> {
  const given = resources
    .flatMap(({ type, leaves }) => (type === 'jobs' ? [...leaves.values()] : []))
    .map((leaf) => parameterGiven(leaf)?.value);
  const texts = new Set(given.filter((value) => typeof value === 'string' && isStatement(value) && !value.includes('${')));
  const found = await Promise.all([...texts].slice(0, MOST_STATEMENTS).map((text) => placesInText(String(text), apart.analyze)));
  const known = found.filter((one) => one !== undefined);
  return known.some(({ tables }) => tables.some(({ changes }) => changes)) ? known : [];
}

async function dashboardsOf({ definition }: WholeSubject): Promise<DashboardReads[]> {
  const all = resourceDefinitions(definition).map(({ id, serialized }) =>
    serialized === undefined ? undefined : readsOfDashboard(id, serialized),
  );
  return (await Promise.all(all)).filter((one) => one !== undefined);
}
