// Plans a version into a target and stores the plan as a proposal that a person may approve.
import { randomUUID } from 'node:crypto';
import { type Bundle, sha256 } from '../../bundle/model/bundle.ts';
import { lostSettings } from '../../bundle/proof/lost-settings.ts';
import type { NoProof, Proof } from '../../bundle/proof/proof.ts';
import { isDevelopment, resolvedResource } from '../../bundle/proof/resolved-target.ts';
import { environmentOf, productionTarget } from '../../bundle/yaml/describe-tree.ts';
import type { ReadDeployedFiles } from '../../databricks/read/deployed-files.ts';
import type { Workspace } from '../../databricks/workspace.ts';
import { createDevDataRows } from '../../storage/bundles/dev-data.ts';
import { createPlaceRows } from '../../storage/deployment-places.ts';
import { createProposalRows } from '../../storage/deployment-proposals.ts';
import type { JsonObject } from '../../values/json.ts';
import { type DeploymentProposal, deploymentProposalOf } from '../approval/deployment-proposal.ts';
import { LIMITS } from '../approval/limits.ts';
import { dataOfOthers, dataToChoose } from '../data/chosen-data.ts';
import { dataOfRun } from '../data/data-of-run.ts';
import { deployedVersions } from '../deployed/deployed-versions.ts';
import { type Eyes, readFileChanges } from '../deployed/file-changes-there.ts';
import { checkPlanned } from '../place/check-planned.ts';
import { lookAtPlace, type ReadsPlace } from '../place/look-at-place.ts';
import { filesAtHome, rootIn, rootOf } from '../place/root-of.ts';
import { diffOfPlan } from '../policy/diff-of-plan.ts';
import { losesSettings, lostInCopy, makesAnotherJob } from '../policy/lost-settings.ts';
import { code } from '../policy/phrases.ts';
import { besideOriginal, notDeployable } from '../policy/refusals.ts';
import type { Finding, Release, ReleaseDiff } from '../policy/release-diff.ts';
import { originalsLeft } from '../policy/rules-of-running.ts';
import { weigh } from '../policy/weigh.ts';
import { type InspectInput, wordsOf } from './inspect.ts';
import { type FindsLeftovers, leftBehind } from './leftovers.ts';
import { liveOriginals, pairsOf, withCopiesPaused } from './live-originals.ts';
import { maskRelease } from './mask-release.ts';
import { nextRun } from './next-run.ts';
import { asAdopted, copyInPlace, type ReadsOriginals, takingOver, unboundOriginals } from './originals-to-adopt.ts';
import type { PlanningDeps } from './propose-write.ts';
import { type ReadsJobs, readOriginals } from './read-originals.ts';
import { waysWithOriginal } from './ways-with-original.ts';

interface PlannerDeps extends PlanningDeps {
  /** The workspace as one person: jobs that a deployment left behind or that the bundle was made from, and the files that are deployed. */
  readonly workspace: (as: Pick<InspectInput, 'host' | 'token' | 'onWait'>) => Reads;
  readonly readFiles: ReadDeployedFiles;
  readonly loadBundle: (digest: string) => Promise<Bundle | undefined>;
}

type Reads = FindsLeftovers & ReadsJobs & Pick<Workspace, 'jobCallers' | 'isSchemaThere'> & Eyes['workspace'] & ReadsPlace & ReadsOriginals;

interface VersionToPlan extends Omit<InspectInput, 'command' | 'host' | 'userName'> {
  readonly conversationId: string;
  readonly version: number;
  /** Whose place it is: `job 123` or `folder /…`. */
  readonly subject: string;
  readonly identity: { readonly host: string; readonly userName: string };
  readonly slackUser: string;
  /** Of this bundle: production that would make another job is not planned. Absent where there is none. */
  readonly proof?: Proof | undefined;
}

export type Planner = ReturnType<typeof createPlanner>;

export function createPlanner({ cli, db, clock, log, workspace, readFiles, loadBundle }: PlannerDeps) {
  const rows = createProposalRows(db);
  const places = createPlaceRows(db);
  const devData = createDevDataRows(db);
  return {
    /** Reads only. Answers NoProof (with words) where there can be no plan. The bundle and the conversation must be stored. Rejects when aborted. */
    async planVersion(input: VersionToPlan): Promise<DeploymentProposal | NoProof> {
      const { conversationId, version, bundle, subject, target, identity, slackUser, proof, token, onWait, signal } = input;
      const { host, userName } = identity;
      const another = proof === undefined || environmentOf(bundle, target) === 'development' ? undefined : makesAnotherJob(proof);
      const no = (notDeployable(bundle) ?? another)?.words ?? (await cli.missing());
      if (no !== undefined) return no;
      const look = async () => {
        const reads = workspace({ host, token, onWait });
        // Before validate, which makes a folder there.
        const rootPath = rootOf(bundle, target, userName);
        const at = { bundle, host, subject, target, environment: environmentOf(bundle, target), rootPath, userName };
        const seen = await lookAtPlace(reads, places, at, signal);
        if ('problem' in seen) return seen;
        const as = { files: bundle.files, target, host, userName, token, onWait, signal };
        const main = productionTarget(bundle);
        const isOther = main !== undefined && main !== target && environmentOf(bundle, main) === 'production';
        const isFirst = at.environment === 'production' && seen.place?.bundleDigest === undefined;
        // In folders of their own: a plan writes what validate reads (facts: cli#environment-and-scratch-folder).
        const [own, planning, ofProduction, calling] = await Promise.allSettled([
          cli.resolve(as),
          cli.open(as, async (open) => ({ ...(await open.plan(target)), version: open.version })),
          isOther ? cli.resolve({ ...as, files: filesAtHome(bundle, main, userName), target: main }) : undefined,
          isFirst ? callersOf(reads, bundle, target, signal) : [],
        ]);
        const { resolved } = outcomeOf(own);
        if (rootIn(resolved, userName) !== rootPath) return OTHER_ROOT;
        const [planned, other, callers] = [outcomeOf(planning), outcomeOf(ofProduction), outcomeOf(calling)];
        const copied = copyInPlace(bundle, target, planned.plan);
        if (copied !== undefined) return copied.words;
        const originals = unboundOriginals(bundle, target, planned.plan);
        const adopted = await asAdopted(reads, planned.plan, { originals, bundle, resolved, rootPath }, signal);
        if ('why' in adopted) return adopted.words;
        const environment = isDevelopment(resolved) ? 'development' : 'production';
        const models = await cli.understands();
        const lost = models === undefined ? [] : lostSettings(bundle.files, target, models);
        const loss = environment === 'production' ? losesSettings(lost, planned.version) : undefined;
        if (loss !== undefined) return loss.words;
        const live = environment === 'production' ? await liveOriginals(reads, bundle.resources, adopted.plan, signal) : [];
        const { replaced: pausing, waiting, beside } = pairsOf(live, bundle.adoption[target]);
        const twice = besideOriginal(beside);
        if (twice !== undefined) return twice.words;
        const plan = withCopiesPaused(adopted.plan, waiting);
        const refused = await checkPlanned(reads, { ...seen, plan, rootPath, bundle, pausing }, signal);
        if (refused !== undefined) return refused;
        const obstacle = await leftBehind(reads, { plan, resolved, bundle }, signal);
        if (obstacle !== undefined) return obstacle.words;
        const diff = takingOver(diffOfPlan(plan, { target, environment }), bundle, seen.place);
        const versions = await deployedVersions(rows, loadBundle, { host, rootPath });
        const isSchemaThere = (name: string) => reads.isSchemaThere(name, signal);
        const ofRun = environment === 'development' ? await dataOfRun(bundle.files, resolved, other?.resolved, isSchemaThere) : [];
        const eyes = { workspace: reads, readFiles };
        // Of a first deployment every file is new, and nothing of it changes what exists.
        const files = diff.first ? [] : await readFileChanges(eyes, { files: bundle.files, versions, resolved }, signal);
        const weighed = await releaseOf({
          diff: { ...diff, files },
          bundle,
          subject,
          plan,
          resolved,
          other: other?.resolved,
          reads,
          pausing,
          also: [
            ...ofRun,
            ...(await dataOfOthers(devData, { bundle, target, host, userName })),
            ...lostInCopy(lost, planned.version),
            ...originalsLeft({ replaced: pausing, waiting, callers, replaces: bundle.adoption[target] === 'replace' }),
          ],
          signal,
        });
        const original =
          isFirst && seen.me !== undefined ? await waysWithOriginal(reads, { bundle, target, me: seen.me }, signal) : undefined;
        const job = resolvedResource(resolved, 'jobs', mainKey(bundle, subject) ?? '') ?? {};
        const next = environment === 'production' ? nextRun(job, clock.now()) : undefined;
        const ownData = dataToChoose({ bundle, target, userName }, ofRun);
        const extra = {
          ...(original === undefined ? {} : { original }),
          ...(next === undefined ? {} : { nextRun: next }),
          ...(ownData === undefined ? {} : { ownData }),
        };
        const release = { ...weighed, ...extra };
        return { plan: planned.text, release, cliVersion: planned.version, rootPath };
      };
      const made = await look().catch(wordsOf);
      if ('problem' in made) return made;
      const { plan, release, cliVersion, rootPath } = made;
      const row = await rows.insert({
        id: randomUUID(),
        conversationId,
        version,
        bundleDigest: bundle.digest,
        target,
        host,
        userName,
        slackUser,
        plan,
        planDigest: sha256(plan),
        release: JSON.stringify(release),
        cliVersion,
        rootPath,
        subject,
        environment: release.environment,
        expiresAt: new Date(clock.now() + LIMITS.approvalMs[release.environment]),
      });
      log.info({ proposal: row.id, target, version, digest: bundle.digest }, 'Planned a version');
      return deploymentProposalOf(row);
    },
  };
}

function outcomeOf<T>(settled: PromiseSettledResult<T>): T {
  if (settled.status === 'rejected') throw settled.reason;
  return settled.value;
}

const OTHER_ROOT: NoProof = {
  problem: 'The folder of this target can’t be told from its configuration alone.',
  next: 'Ask me to write its root path out, without variables.',
};

interface Planned {
  readonly diff: ReleaseDiff;
  readonly bundle: Bundle;
  /** `job 123`, or the folder that it was made of. */
  readonly subject: string;
  readonly plan: JsonObject;
  readonly resolved: JsonObject;
  /** What production resolves to, where the target is another one. */
  readonly other: JsonObject | undefined;
  readonly reads: ReadsJobs;
  /** Originals that the same approval pauses. */
  readonly pausing: readonly { readonly id: string }[];
  readonly also: readonly Finding[];
  readonly signal: AbortSignal | undefined;
}

/** The key of the job that a bundle is about; an edit may have brought others before it. */
function mainKey({ name, resources }: Bundle, subject: string): string | undefined {
  const main = resources.find(({ type, id }) => type === 'jobs' && subject === `job ${id}`) ?? resources.find(({ key }) => key === name);
  return (main ?? resources[0])?.key;
}

async function releaseOf({ diff, bundle, subject, plan, resolved, other, reads, pausing, also, signal }: Planned): Promise<Release> {
  const { target, environment } = diff;
  const read = environment === 'production' ? await readOriginals(reads, bundle.resources, signal) : [];
  const isPaused = (id: string) => pausing.some((one) => one.id === id);
  const originals = read.map((one) => ({ ...one, live: one.live && !isPaused(one.id) }));
  const copies = new Set(bundle.resources.flatMap(({ key, id }) => (id === undefined || id === '' ? [] : [key])));
  const main = mainKey(bundle, subject);
  // An edit that takes production away must not hide what the next one changes in another target.
  const text = `There is no target for production to compare ${code(target)} with.`;
  const alone: Finding[] = environment === 'production' || other !== undefined ? [] : [{ rule: 'own of target', weight: 'danger', text }];
  const weighed = weigh(diff, { plan, resolved, production: other, originals, copies, main, also: [...alone, ...also] });
  return maskRelease(weighed, bundle);
}

/** Who calls originals that are not taken over. */
async function callersOf(reads: Reads, { adoption, resources }: Bundle, target: string, signal?: AbortSignal) {
  const way = adoption[target];
  const ids = new Set(resources.flatMap(({ type, id }) => (type === 'jobs' && id !== undefined && id !== '' ? [id] : [])));
  return ids.size > 0 && (way === 'beside' || way === 'replace') ? await reads.jobCallers(ids, signal) : [];
}
