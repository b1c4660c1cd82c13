// Where the targets of a new bundle lie in the workspace, and what becomes of the originals there: as it is already, or as it is best begun.
import type { TargetWish } from '../bundle/generate/targets.ts';
import type { Adoption, JobDefinition } from '../bundle/model/bundle.ts';
import { shortNameOf, subjectOf } from '../bundle/model/definition.ts';
import { keyedResources } from '../bundle/model/resources.ts';

/** What is known of earlier deployments; where nothing is kept, nothing is. */
interface KnownPlaces {
  ofProduction(of: { host: string; subject: string; target: string }): Promise<{ rootPath: string; adoption: Adoption } | undefined>;
  at(of: { host: string; rootPath: string }): Promise<{ subject: string } | undefined>;
}

export interface Placing {
  readonly host: string;
  /** Who asks: without a team's folder their home is where production begins. */
  readonly userName: string;
  /** Of the configuration, such as `/Workspace/Teams/data`. */
  readonly teamFolder?: string | undefined;
  readonly places: KnownPlaces;
  /** Whether this person may take over everything that the bundle is made of; asked where production is deployed for the first time. */
  readonly mayTakeOver: () => Promise<boolean>;
}

/** Development targets lie in the home of whoever deploys them. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: a reference of the bundle, not of JavaScript
const OWN_HOME = '/Workspace/Users/${workspace.current_user.userName}';

/** The root path by target, written out where it must be, and the adoption of production targets. `chosen` are adoptions that somebody has asked for. */
export async function choosePlaces(
  definition: JobDefinition,
  targets: readonly TargetWish[],
  { host, userName, teamFolder, places, mayTakeOver }: Placing,
  chosen: Readonly<Record<string, Adoption>>,
): Promise<{ roots: Record<string, string>; adoption: Record<string, Adoption> }> {
  const subject = subjectOf(definition);
  const name = keyedResources(definition)[0]?.key ?? 'bundle';
  const home = `/Workspace/Users/${userName}`;
  const isOthers = async (rootPath: string) => ((await places.at({ host, rootPath }))?.subject ?? subject) !== subject;
  const roots: Record<string, string> = {};
  const adoption: Record<string, Adoption> = { ...chosen };
  let isFirst = true;
  for (const { name: target, environment } of targets) {
    const folder = `.bundle/${name}/${target}`;
    const apart = `.bundle/${name}-${shortNameOf(definition)}/${target}`;
    if (environment === 'development') {
      if (await isOthers(`${home}/${folder}`)) roots[target] = `${OWN_HOME}/${apart}`;
      continue;
    }
    const known = await places.ofProduction({ host, subject, target });
    const base = teamFolder ?? home;
    roots[target] = known?.rootPath ?? `${base}/${(await isOthers(`${base}/${folder}`)) ? apart : folder}`;
    if (adoption[target] === undefined && definition.jobId !== '')
      // A second production target of the same original must not take it over as well.
      adoption[target] = known?.adoption ?? (isFirst && (await mayTakeOver()) ? 'bind' : 'beside');
    isFirst = false;
  }
  return { roots, adoption };
}
