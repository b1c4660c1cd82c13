// What one does next with a deployment: run it, take it to production, destroy it, or put back what was there before.
import type { Bundle } from '../../bundle/model/bundle.ts';
import { environmentOf, productionTarget } from '../../bundle/yaml/describe-tree.ts';
import type { DeploymentProposal } from '../../deployment/approval/deployment-proposal.ts';
import type { ProposalInStory } from '../../storage/deployment-proposals.ts';
import { deployedNow, placeOf, readStory, type StoryRows, timeOf } from './status.ts';

export interface NextSteps {
  /** The main job, or a pipeline where there is no job; absent where nothing can be run. */
  readonly run?: { readonly key: string; readonly name: string };
  /** The target for production, where this is a development copy. */
  readonly production?: string;
  /** What was deployed in this place before. */
  readonly previous?: { readonly version: number; readonly bundleDigest: string };
  readonly destroy: boolean;
}

/**
 * Undefined where it is not what lies in its place now: something newer is there, or it was destroyed. One that ended halfway can only be
 * put back.
 */
export async function nextStepsOf(rows: StoryRows, proposal: DeploymentProposal, bundle: Bundle): Promise<NextSteps | undefined> {
  const { conversationId, target, result } = proposal;
  const story = await readStory(rows, conversationId);
  const { own, all } = story;
  const last = previousOf(all, proposal);
  // What another thread has deployed is not a version of this one.
  const previous = last && own.includes(last) ? { version: last.version, bundleDigest: last.bundleDigest } : undefined;
  if (result?.ending === 'mix')
    return isNewest(all, proposal) ? { ...(previous === undefined ? {} : { previous }), destroy: false } : undefined;
  if (proposal.state !== 'done') return undefined;
  const now = deployedNow(story);
  if (!now.some(({ id }) => id === proposal.id)) return undefined;
  const run = result?.jobs[0] ?? result?.others?.find(({ kind }) => kind === 'pipeline');
  const production = proposal.environment === 'development' ? productionOf(bundle) : undefined;
  const isThere = now.some((one) => one.target === production && one.bundleDigest === proposal.bundleDigest);
  return {
    ...(run === undefined ? {} : { run: { key: run.key, name: run.name } }),
    ...(production === undefined || isThere ? {} : { production }),
    ...(previous === undefined ? {} : { previous }),
    // What took an original over would delete it.
    destroy: bundle.adoption[target] !== 'bind',
  };
}

function productionOf(bundle: Bundle): string | undefined {
  const target = productionTarget(bundle);
  return target !== undefined && environmentOf(bundle, target) === 'production' ? target : undefined;
}

/** Nothing was begun in the same place since. */
function isNewest(all: readonly ProposalInStory[], proposal: DeploymentProposal): boolean {
  const since = all.filter((one) => placeOf(one) === placeOf(proposal) && timeOf(one) > timeOf(proposal));
  return !since.some(({ state }) => ['approved', 'running', 'done', 'failed', 'unknown'].includes(state));
}

/** The last that was deployed in the same place before, of other content. */
function previousOf(all: readonly ProposalInStory[], proposal: DeploymentProposal): ProposalInStory | undefined {
  return all
    .filter((one) => one.state === 'done' && placeOf(one) === placeOf(proposal) && timeOf(one) < timeOf(proposal))
    .filter(({ bundleDigest }) => bundleDigest !== proposal.bundleDigest)
    .sort((a, b) => timeOf(a) - timeOf(b))
    .at(-1);
}
