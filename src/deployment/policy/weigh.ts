// Weighs a release: every rule looks at every resource, and what people should see comes out, the heaviest first.
import { resolvedResource } from '../../bundle/proof/resolved-target.ts';
import { type JsonObject, objectOf } from '../../values/json.ts';
import { textOf } from '../../values/text.ts';
import type { Finding, Release, ReleaseDiff } from './release-diff.ts';
import { begunAtHome, identity, runsAsNow, widerPermissions, wouldRunAs } from './rules-of-access.ts';
import { deleted, overwritten, overwrittenFiles, ownerMoved, permissionsLeft, recreated } from './rules-of-loss.ts';
import { foreignCode, movedCode, network, secrets } from './rules-of-reach.ts';
import { biggerCompute, twoLive, unpaused } from './rules-of-running.ts';
import { ownOfTarget } from './rules-of-targets.ts';
import { changedOf, type Original, type Rule, situationOf } from './situation.ts';

const RULES: readonly Rule[] = [
  ...[deleted, recreated, overwritten, identity, twoLive, widerPermissions, foreignCode, network, unpaused],
  ...[biggerCompute, ownerMoved, secrets, permissionsLeft, movedCode],
];
const WEIGHTS: readonly Finding['weight'][] = ['danger', 'warning', 'note'];

interface Weighed {
  /** The CLI's plan, of which the diff was made. */
  readonly plan: JsonObject;
  /** What the target resolves to, and what production does; the latter only where the target is another one. */
  readonly resolved: JsonObject;
  readonly production?: JsonObject | undefined;
  readonly originals: readonly Original[];
  /** Keys of resources that were made from something that exists. */
  readonly copies: ReadonlySet<string>;
  /** The key of the job that all is about. */
  readonly main: string | undefined;
  /** What is to be said beside what the rules find. */
  readonly also?: readonly Finding[];
}

export function weigh(diff: ReleaseDiff, { plan, resolved, production, originals, copies, main, also = [] }: Weighed): Release {
  const situation = situationOf(diff, resolved, originals);
  const changed = changedOf(diff, plan, copies);
  const findings = [
    ...also,
    ...overwrittenFiles(diff.files),
    ...changed.flatMap((one) => RULES.flatMap((rule) => rule(one, situation))),
    ...begunAtHome(situation),
    ...(production === undefined ? [] : ownOfTarget(resolved, production, diff.target)),
  ];
  const job = changed.find(({ type, key }) => key === main && type !== 'dashboards');
  const is = job && wouldRunAs(job, situation);
  const original = originals.find(({ key }) => key === main);
  const was = job && (runsAsNow(job) ?? original?.runAs);
  const runsAs = is === undefined ? {} : { runsAs: { is, ...(was === undefined ? {} : { was }) } };
  const beside = job?.action === 'create' && original !== undefined ? { beside: original.id } : {};
  return { ...diff, findings: heaviestFirst(findings), title: titleOf(resolved, main), ...runsAs, ...beside };
}

function heaviestFirst(findings: readonly Finding[]): Finding[] {
  return WEIGHTS.flatMap((weight) => findings.filter((finding) => finding.weight === weight));
}

/** Without the prefix that development mode puts before names. */
function titleOf(resolved: JsonObject, main: string | undefined): string {
  const { name } =
    (main === undefined ? undefined : (resolvedResource(resolved, 'jobs', main) ?? resolvedResource(resolved, 'pipelines', main))) ?? {};
  const prefix = textOf(objectOf(resolved.presets).name_prefix) ?? '';
  const title = textOf(name) ?? textOf(objectOf(resolved.bundle).name) ?? 'this bundle';
  return title.startsWith(prefix) ? title.slice(prefix.length) : title;
}
