// What the button of a copy that would change production's data asks the agent for: our own words, since no name out of code may speak to it as a person.
import type { DeploymentProposal } from '../../deployment/approval/deployment-proposal.ts';
import type { SHARED_DATA } from '../../deployment/policy/release-diff.ts';

/** The compiler holds it to the rule's own name: of deployments this room knows types alone. */
const RULE: typeof SHARED_DATA = 'shared tables';

/** Undefined where a run of what was planned changes nothing of production. */
export function ownDataWish({ version, release }: Pick<DeploymentProposal, 'version' | 'release'>): string | undefined {
  if (!release?.findings.some(({ rule }) => rule === RULE)) return undefined;
  return (
    `The development copy of version ${version} would change tables or paths of production, as its card says. Find each of them in the ` +
    'sources with analyze_notebook. Let the code get their catalog, schema or path from parameters, with variables of the bundle behind ' +
    'them: production keeps exactly what is written there today, and the copy gets places of its own. Change nothing else.'
  );
}
