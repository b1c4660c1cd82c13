// What people are told where a version can't be deployed to the place that it names.
import type { NoProof } from '../../bundle/proof/proof.ts';
import type { PlaceRow } from '../../storage/deployment-places.ts';
import { homeOwner } from './root-of.ts';

/** Another subject, or another target, has the place. */
export function placeTaken({ rootPath, subject, target, deployedBy }: PlaceRow): NoProof {
  const by = deployedBy === undefined ? '' : `, deployed by ${deployedBy}`;
  return {
    problem: `Target \`${target}\` of ${subject} lives at \`${rootPath}\`${by}: deploying this version there would replace it.`,
    next: 'Press Plan again: I then make a version with a folder of its own.',
  };
}

/** Production of the same subject lies somewhere else. */
export function placeElsewhere({ rootPath, subject, target, owner, deployedBy, version }: PlaceRow): NoProof {
  const what = deployedBy === undefined ? 'a deployment was begun there' : `version ${version ?? ''} was deployed there by ${deployedBy}`;
  return {
    problem: `Target \`${target}\` of ${subject} already lives at \`${rootPath}\` (${owner}): ${what}. This version names another folder, and deploying it would make a second production.`,
    next: 'Press Plan again: I then make a version that continues the one that is there.',
  };
}

/** This person may not write into the folder that production lies in. */
export function folderClosed(
  rootPath: string,
  folder: string,
  { place, managers }: { readonly place: PlaceRow | undefined; readonly managers: readonly string[] },
): NoProof {
  const home = homeOwner(rootPath);
  const whose = home === undefined ? '' : `, in the home of ${home}`;
  const deployed = place?.deployedBy === undefined ? 'lies' : `was deployed by ${place.deployedBy} and lies`;
  const able = home === undefined ? among(managers) : home;
  return {
    problem: `Production ${deployed} at \`${rootPath}\`${whose}: you may not write into \`${folder}\`, or not see it.`,
    next: `Ask ${able ?? 'an administrator of the workspace'} to deploy it, or to give you *Can Manage* on that folder; then ask for a fresh plan.`,
  };
}

/** The team's folder, which the configuration names, has to be made once, with what its people need. */
export function folderMissing(folder: string): NoProof {
  return {
    problem: `This target lies in the team’s folder \`${folder}\`, which is not there, or which you may not see.`,
    next: 'Ask an administrator of the workspace to make it, and to give *Can Manage* on it to everybody who shall deploy, best to a group of them; then press Plan again. Where another folder is meant, whoever runs this bot can name it.',
  };
}

/** Something else lies there that this bot has not deployed. */
export function ofAnotherBundle(rootPath: string, name: string): NoProof {
  return {
    problem: `At \`${rootPath}\` lies another bundle, \`${name.slice(0, 100)}\`, which I have not deployed: deploying here would replace it.`,
    next: 'Look at it in the workspace. Then give this bundle another folder or name, or destroy that one with the Databricks CLI.',
  };
}

/** There are signs of a deployment, and its state does not answer. */
export function stateUnreadable(rootPath: string, place: PlaceRow | undefined): NoProof {
  const known =
    place?.deployedBy === undefined ? 'its metadata is there' : `${place.deployedBy} has deployed version ${place.version ?? ''}`;
  return {
    problem: `The record of what is deployed at \`${rootPath}\` can’t be read, though something is: ${known}. A plan would make everything a second time.`,
    next: 'Ask whoever deployed it whether the folder is still there and open to you, then ask for a fresh plan. Deploy nothing before that.',
  };
}

/** Resources of the place that this person may not manage. */
export function resourcesOfOthers(
  others: readonly { readonly key: string; readonly id: string; readonly managers: readonly string[] }[],
  place: PlaceRow | undefined,
): NoProof | undefined {
  const [first] = others;
  if (first === undefined) return undefined;
  const named = others.map(({ key, id }) => `\`${key}\` (${id})`).join(', ');
  return {
    problem: `You may not change ${named}, which this deployment consists of: its files would be new, and its settings old.`,
    next: `Ask ${among(first.managers) ?? place?.deployedBy ?? 'its owner'} to deploy it, or to give you *Can Manage* on it; then ask for a fresh plan.`,
  };
}

/** A job that is to run as somebody else, which this person can't set. */
export function identityRefused({ key, runAs }: { readonly key: string; readonly runAs: string }): NoProof {
  return {
    problem: `\`${key}\` runs as ${runAs}, and only ${runAs} or an administrator of the workspace may set that.`,
    next: `Ask ${runAs} or an administrator to deploy it here, or ask me for a version that runs as somebody whom you may set: yourself, or a service principal.`,
  };
}

/** A job that is to run as a service principal on which this person has no role. */
export function principalRefused({
  key,
  principal,
  manages,
  managers,
}: {
  readonly key: string;
  readonly principal: string;
  /** This person may give the role. */
  readonly manages: boolean;
  readonly managers: readonly string[];
}): NoProof {
  const asked = `Ask ${among(managers) ?? 'an administrator of the account'} to give you that role, then ask for a fresh plan; or ask somebody who has it to deploy.`;
  return {
    problem: `\`${key}\` runs as the service principal \`${principal}\`, which you may not use: only who has the role *Service principal user* on it lets jobs run as it.`,
    next: manages ? 'You manage it, which is not enough: give yourself that role as well, then ask for a fresh plan.' : asked,
  };
}

/** Its grants would be written by somebody who is not its owner. */
export function ownerRefused({ key, owner }: { readonly key: string; readonly owner: string }): NoProof {
  return {
    problem: `Deploying writes who may do what with \`${key}\`, which would make you its owner: only ${owner}, who is, or an administrator of the workspace may change that.`,
    next: `Ask ${owner} or an administrator to deploy it, or ask me to leave the permissions of \`${key}\` out of the bundle: those that are given stay.`,
  };
}

/** A renamed key or a removed resource, whose original would go with it. */
export function originalLost({ key, id }: { readonly key: string; readonly id: string }): NoProof {
  return {
    problem: `\`${key}\` is the original, ${id}, which this deployment has taken over: without that key in the bundle it would be deleted with its history.`,
    next: `Ask me to put the key \`${key}\` back. To let the original go its own way, unbind it first: databricks bundle deployment unbind ${key}.`,
  };
}

/** A few names; undefined where there is none. */
function among(names: readonly string[]): string | undefined {
  const shown = names.slice(0, 3);
  return shown.length === 0 ? undefined : `${shown.join(' or ')}${names.length > shown.length ? ' or others' : ''}`;
}
