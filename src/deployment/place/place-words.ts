// What people are told where a version can't be deployed to the place that it names.
import type { NoProof } from '../../bundle/proof/proof.ts';
import type { PlaceRow } from '../../storage/deployment-places.ts';

/** Another subject, or another target, has the place. */
export function placeTaken({ rootPath, subject, target, deployedBy }: PlaceRow): NoProof {
  const by = deployedBy === undefined ? '' : `, deployed by ${deployedBy}`;
  return {
    problem: `Target \`${target}\` of ${subject} lives at \`${rootPath}\`${by}: deploying this version there would replace it.`,
    next: 'Ask me to generate the bundle again: it then gets a folder of its own.',
  };
}

/** Production of the same subject lies somewhere else. */
export function placeElsewhere({ rootPath, subject, target, owner, deployedBy, version }: PlaceRow): NoProof {
  const what = deployedBy === undefined ? 'a deployment was begun there' : `version ${version ?? ''} was deployed there by ${deployedBy}`;
  return {
    problem: `Target \`${target}\` of ${subject} already lives at \`${rootPath}\` (${owner}): ${what}. This version names another folder, and deploying it would make a second production.`,
    next: 'Ask me to generate the bundle again: it then continues the one that is there.',
  };
}
