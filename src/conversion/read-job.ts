// What a conversion starts from, read out of a workspace: one job with its closure.

import { bringGit } from '../bundle/generate/bring-git.ts';
import type { Diagnostic, JobDefinition, Source } from '../bundle/model/bundle.ts';
import { idReferences } from '../bundle/model/id-references.ts';
import { sourceReferences } from '../bundle/model/source-references.ts';
import type { Options } from '../command-line/options.ts';
import { collectSources } from '../databricks/read/collect.ts';
import { readGitFolder } from '../databricks/read/git-folder.ts';
import { readJob } from '../databricks/read/job.ts';
import { ownerFacts } from '../databricks/read/owner.ts';
import type { Workspace } from '../databricks/workspace.ts';
import { UserError } from '../values/errors.ts';

export interface Read {
  readonly definition: JobDefinition;
  readonly sources: readonly Source[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Says how far it is. */
export type Show = (line: string) => void;

/** A job with everything it refers to. Rejects with UserError, also where another bundle owns the job and nobody said to go on. */
export async function readJobWhole(
  workspace: Workspace,
  jobId: string,
  options: Pick<Options, 'depth' | 'git' | 'anyway'>,
  show: Show,
): Promise<Read> {
  show(`Reading job ${jobId}`);
  const {
    definition: job,
    owner,
    diagnostics,
  } = await readJob(workspace, jobId, {
    idsOf: idReferences,
    depth: options.depth,
    onProgress: (done, total) => show(`Reading job ${jobId}: ${done} of ${total}`),
  });
  if (owner !== undefined && !options.anyway) {
    throw new UserError({
      doing: `Converting job ${jobId}`,
      problem: `A bundle already owns it (${ownerFacts(owner)
        .map(([label, value]) => `${label}: ${value}`)
        .join('; ')}).`,
      next: 'Change that bundle, or make a second one beside it with --anyway.',
    });
  }
  const definition = options.git === 'bring' ? await broughtIn(workspace, job) : job;
  const collected = await collectSources(workspace, sourceReferences(definition), {
    onProgress: (done, total) => show(`Collecting sources: ${done} of ${total}`),
  });
  return { definition, sources: collected.sources, diagnostics: [...diagnostics, ...collected.diagnostics] };
}

async function broughtIn(workspace: Workspace, definition: JobDefinition): Promise<JobDefinition> {
  const folder = await readGitFolder(workspace, definition);
  if (folder !== undefined) return bringGit(definition, folder);
  throw new UserError({
    doing: 'Bringing the files of Git in',
    problem: 'The workspace has no Git folder of this repository that you can see.',
    next: 'Add it as a Git folder at the branch of the job, or leave --git bring out to keep git_source.',
  });
}
