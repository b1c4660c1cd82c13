// Which bundle owns a job: told by the path of the bundle's metadata, and by that file where the person may read it.
import type { JobDefinition } from '../../bundle/model/bundle.ts';
import { type JsonObject, objectOf, objectsIn, parseJson } from '../../values/json.ts';
import { textOf, withoutLogin } from '../../values/text.ts';
import { isItemError } from '../http/errors.ts';
import type { Workspace } from '../workspace.ts';

/** The bundle that deployed a job. */
export interface Owner {
  readonly bundle?: string | undefined;
  readonly target?: string | undefined;
  /** Where it keeps its metadata. */
  readonly metadataPath?: string | undefined;
  /** The user whose folder the metadata is in. */
  readonly deployer?: string | undefined;
  /** The workspace folder that its files were uploaded to, or where they already were. */
  readonly filesPath?: string | undefined;
  /** The file that defines the job, from the root of the bundle. */
  readonly definedIn?: string | undefined;
  /** The address of the Git repository that it was deployed from, without a login in it. */
  readonly repository?: string | undefined;
  readonly branch?: string | undefined;
  /** The Git folder of the workspace that it was deployed from. */
  readonly gitFolder?: string | undefined;
}

/**
 * The owner of a job that a bundle deployed. The usual path of the metadata names bundle and target
 * (`…/.bundle/NAME/TARGET/state/metadata.json`); the file (the CLI's bundle/metadata) says it where the bundle has a path of its own
 * (facts: bundles#deployment-folders).
 */
export async function ownerOf(
  reader: Pick<Workspace, 'exportSource'>,
  { jobId, settings }: Pick<JobDefinition, 'jobId' | 'settings'>,
  signal?: AbortSignal,
): Promise<Owner> {
  const path = textOf(objectOf(settings.deployment).metadata_file_path);
  if (path === undefined) return {};
  const [, name, target] = /\/\.bundle\/([^/]+)\/([^/]+)\/(?:[^/]+\/)?metadata\.json$/.exec(path) ?? [];
  const { config, extra } = await metadataAt(reader, path, signal);
  const said = objectOf(objectOf(config).bundle);
  const git = objectOf(said.git);
  const repository = textOf(git.origin_url);
  const defined = objectsIn(Object.values(objectOf(objectOf(objectOf(config).resources).jobs))).find(({ id }) => id === jobId);
  return {
    bundle: textOf(said.name) ?? name,
    target: textOf(said.target) ?? target,
    metadataPath: path,
    deployer: /^(?:\/Workspace)?\/Users\/([^/]+)\//.exec(path)?.[1],
    filesPath: textOf(objectOf(objectOf(config).workspace).file_path),
    definedIn: textOf(defined?.relative_path),
    repository: repository === undefined ? undefined : withoutLogin(repository),
    branch: textOf(git.branch),
    gitFolder: textOf(objectOf(extra).git_folder_path),
  };
}

/** What is known of the owner, as labels and values; the values are foreign text. */
export function ownerFacts(owner: Owner): [label: string, value: string][] {
  const facts: [string, string | undefined][] = [
    ['Owning bundle', owner.bundle ?? 'unknown'],
    ['Target', owner.target],
    ['Deployed by', owner.deployer],
    ['Git repository', owner.repository],
    ['Git branch', owner.branch],
    ['Git folder', owner.gitFolder],
    ['Defined in', owner.definedIn],
    ['Its files', owner.filesPath],
    ['Its metadata', owner.metadataPath],
  ];
  return facts.flatMap(([label, value]) => (value === undefined ? [] : [[label, value]]));
}

async function metadataAt(reader: Pick<Workspace, 'exportSource'>, path: string, signal?: AbortSignal): Promise<JsonObject> {
  try {
    const file = await reader.exportSource(path, 'file', signal);
    const value = file === undefined ? undefined : parseJson(new TextDecoder().decode(file.bytes));
    return objectOf(value);
  } catch (error) {
    // Often nobody else may read the folder; and what is in it may be anything.
    if (isItemError(error) || error instanceof SyntaxError) return {};
    throw error;
  }
}
