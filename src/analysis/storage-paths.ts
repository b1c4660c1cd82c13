// Which paths in storage are the same whatever a source's parameters say: what it changes there is production's as well.
import type { Analysis } from './analyze.ts';
import type { ChangedPath } from './source/facts.ts';

/**
 * A volume, or a folder in a bucket, container, mount or the workspace. A first folder that is computed may be the environment's or a
 * person's own. `file:` and the driver's disk end with the cluster.
 */
const VOLUME = /^(?:dbfs:)?\/Volumes\/[^/{}]+\/[^/{}]+\/[^/{}]+(?:\/|$)/;
const BUCKET = /^(?:s3[an]?|abfss?|wasbs?|gs|adl|r2):\/\/[^/{}]+(?:\/[^{}]|\/?$)/;
const FOLDER =
  /^(?:dbfs:\/{0,2}|\/dbfs)?\/(?!Volumes\/|dbfs\/|local_disk0|databricks\/driver)(?:mnt\/|Users\/|Workspace\/(?:Users\/)?)?(?!(?:mnt|Users|Workspace)\/)[^/{}]+(?:\/[^{}]|\/?$)/;

export function isFixedPlace(path: string): boolean {
  return VOLUME.test(path) || BUCKET.test(path) || FOLDER.test(path);
}

/** What it changes below a path that is written down, at each place. */
export function hardCodedPaths({ changedPaths }: Pick<Analysis, 'changedPaths'>): ChangedPath[] {
  return changedPaths.filter(({ path }) => isFixedPlace(path));
}
