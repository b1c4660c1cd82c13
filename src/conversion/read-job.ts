// Reads a job whole: its definition with all it refers to, the files of Git where they are wanted, and its sources.
import { bringGit } from '../bundle/generate/bring-git.ts';
import type { JobDefinition } from '../bundle/model/bundle.ts';
import { idReferences } from '../bundle/model/id-references.ts';
import { sourceReferences } from '../bundle/model/source-references.ts';
import { collectSources } from '../databricks/read/collect.ts';
import { readGitFolder } from '../databricks/read/git-folder.ts';
import { readJob } from '../databricks/read/job.ts';
import type { Owner } from '../databricks/read/owner.ts';
import type { Workspace } from '../databricks/workspace.ts';
import type { ReadingOptions, WholeSubject } from './subject.ts';

/** `owned`: a bundle has deployed the job already, and nobody said to go on; `no Git folder`: the files of Git can't be read. */
type JobReading =
  | ({ readonly kind: 'read'; readonly owner?: Owner } & WholeSubject)
  | { readonly kind: 'owned'; readonly name: string; readonly owner: Owner }
  | { readonly kind: 'no Git folder' };

interface JobWish {
  readonly jobId: string;
  /** How far jobs, pipelines and dashboards come along: 0 to MAX_DEPTH. */
  readonly depth: number;
  /** Of a job with a Git source: keep that, or bring its files in from the workspace's Git folder. */
  readonly git: 'keep' | 'bring';
  /** Whether to go on where a bundle owns the job. */
  readonly evenIfOwned: (owner: Owner) => boolean | Promise<boolean>;
}

/** Rejects with UserError where the job can't be read, or with the signal's reason; what it refers to becomes a diagnostic instead. */
export async function readJobWhole(workspace: Workspace, wish: JobWish, options: ReadingOptions = {}): Promise<JobReading> {
  const { onProgress, signal } = options;
  const { jobId, depth, git, evenIfOwned } = wish;
  const { owner, ...job } = await readJob(workspace, jobId, {
    idsOf: idReferences,
    depth,
    signal,
    onProgress: (done, total) => onProgress?.({ stage: 'job', done, total }),
  });
  const { settings } = job.definition;
  const name = typeof settings.name === 'string' ? settings.name : 'Untitled';
  onProgress?.({ stage: 'job read', name });
  if (owner !== undefined && !(await evenIfOwned(owner))) return { kind: 'owned', name, owner };
  const definition = git === 'bring' ? await broughtIn(workspace, job.definition, signal) : job.definition;
  if (definition === undefined) return { kind: 'no Git folder' };
  const { sources, diagnostics } = await collectSources(workspace, sourceReferences(definition), {
    signal,
    onProgress: (done, total) => onProgress?.({ stage: 'sources', done, total }),
  });
  onProgress?.({ stage: 'sources read', files: sources.length });
  const subject = { definition, sources, diagnostics: [...job.diagnostics, ...diagnostics] };
  return { kind: 'read', ...(owner === undefined ? {} : { owner }), ...subject };
}

async function broughtIn(workspace: Workspace, definition: JobDefinition, signal?: AbortSignal): Promise<JobDefinition | undefined> {
  const folder = await readGitFolder(workspace, definition, signal);
  return folder && bringGit(definition, folder);
}
