// Which bundle owns a job: read off where it keeps its metadata, and out of that file where the person may read it.
import type { JobDefinition } from '../bundle/bundle.ts';
import { isObject, type JsonObject, parseJson } from '../bundle/json.ts';
import type { Workspace } from './client.ts';
import { object, text } from './shapes.ts';
import { isOfOneThing } from './words.ts';

/** The bundle that deployed a job. */
export interface Owner {
  readonly bundle?: string | undefined;
  readonly target?: string | undefined;
  /** Where it keeps its metadata. */
  readonly metadataPath?: string | undefined;
  /** Whose folder that is in. */
  readonly deployer?: string | undefined;
  /** The address of the Git repository that it was deployed from. */
  readonly repository?: string | undefined;
}

/**
 * The owner of a job that a bundle deployed. The usual path of the metadata names bundle and target
 * (`…/.bundle/NAME/TARGET/state/metadata.json`); the file (the CLI's bundle/metadata) says it where the bundle has a path of its own.
 */
export async function ownerOf(
  reader: Pick<Workspace, 'exportSource'>,
  { settings }: Pick<JobDefinition, 'settings'>,
  signal?: AbortSignal,
): Promise<Owner> {
  const path = text(object(settings.deployment).metadata_file_path);
  if (path === undefined) return {};
  const [, name, target] = /\/\.bundle\/([^/]+)\/([^/]+)\/(?:[^/]+\/)?metadata\.json$/.exec(path) ?? [];
  const said = object(object((await metadataAt(reader, path, signal)).config).bundle);
  return {
    bundle: text(said.name) ?? name,
    target: text(said.target) ?? target,
    metadataPath: path,
    deployer: /^(?:\/Workspace)?\/Users\/([^/]+)\//.exec(path)?.[1],
    repository: text(object(said.git).origin_url),
  };
}

async function metadataAt(reader: Pick<Workspace, 'exportSource'>, path: string, signal?: AbortSignal): Promise<JsonObject> {
  try {
    const file = await reader.exportSource(path, 'file', signal);
    const value = file === undefined ? undefined : parseJson(new TextDecoder().decode(file.bytes));
    return isObject(value) ? value : {};
  } catch (error) {
    // Somebody else's folder is often closed, and anybody may have written anything there.
    if (isOfOneThing(error) || error instanceof SyntaxError) return {};
    throw error;
  }
}
