// A version for the place that its target has by now: somebody has begun production elsewhere, or another job has its folder.
import { chooseOriginal } from '../../bundle/edit/choose-original.ts';
import { moveTarget } from '../../bundle/edit/move-target.ts';
import type { Bundle, JobDefinition } from '../../bundle/model/bundle.ts';
import { shortNameOf, subjectOf } from '../../bundle/model/definition.ts';
import { environmentOf } from '../../bundle/yaml/describe-tree.ts';
import type { Db } from '../../storage/db/db.ts';
import { createPlaceRows } from '../../storage/deployment-places.ts';
import { homeOwner, rootOf } from './root-of.ts';

interface ToMove {
  readonly bundle: Bundle;
  readonly definition: JobDefinition;
  readonly target: string;
  readonly host: string;
  readonly userName: string;
}

interface Moved {
  readonly bundle: Bundle;
  readonly rootPath: string;
  /** What lies there is this subject's own; otherwise nothing does. */
  readonly continues: boolean;
}

/** A development target lies in the home of whoever deploys it. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: a reference of the bundle, not of JavaScript
const OWN_HOME = '/Workspace/Users/${workspace.current_user.userName}';

export function createMovePlace({ db }: { readonly db: Db }) {
  const places = createPlaceRows(db);
  /** Undefined where the target may lie where it is. Throws UserError where the YAML can't be read. */
  return async ({ bundle, definition, target, host, userName }: ToMove): Promise<Moved | undefined> => {
    const subject = subjectOf(definition);
    const rootPath = rootOf(bundle, target, userName);
    const isProduction = environmentOf(bundle, target) === 'production';
    const own = isProduction ? await places.ofProduction({ host, subject, target }) : undefined;
    if (own !== undefined) {
      if (own.rootPath === rootPath) return undefined;
      const moved = moveTarget(bundle, target, own.rootPath);
      const isSame = definition.jobId === '' || (bundle.adoption[target] ?? 'copy') === own.adoption;
      const continued = isSame ? moved : chooseOriginal(moved, definition, target, own.adoption);
      return { bundle: continued, rootPath: own.rootPath, continues: true };
    }
    const there = await places.at({ host, rootPath });
    if (there === undefined || (there.subject === subject && there.target === target)) return undefined;
    const apart = `${rootPath.replace(/\/\.bundle\/.*$/, '')}/.bundle/${bundle.name}-${shortNameOf(definition)}/${target}`;
    const isHome = !isProduction && homeOwner(apart)?.toLowerCase() === userName.toLowerCase();
    const written = isHome ? apart.replace(/^\/Workspace\/Users\/[^/]+/, () => OWN_HOME) : apart;
    return { bundle: moveTarget(bundle, target, written), rootPath: apart, continues: false };
  };
}
