// Reads what the command line names out of the workspace, shows how far it is, and says why it can't be converted.
import type { ReadingProgress, WholeSubject } from '../conversion/subject.ts';
import { BEFORE_WAITING } from '../databricks/read/reader.ts';
import type { Workspace } from '../databricks/workspace.ts';
import { UserError } from '../values/errors.ts';
import type { Options } from './options.ts';

/** Shows one line of progress. */
export type Show = (line: string) => void;

interface Watcher {
  readonly show: Show;
  /** Called when all that may be asked for within a second has come, and more is to be asked for. */
  readonly onWait?: () => void;
}

/** Starts the reading; undefined where definitions come from disk. Rejects with UserError. */
export function readSubject(workspace: Workspace, options: Options, watcher: Watcher): Promise<WholeSubject> | undefined {
  const { from } = options;
  if ('file' in from) return undefined;
  return 'job' in from ? readJob(workspace, from.job, options, watcher) : readFolder(workspace, from.folder, watcher);
}

/** Rejects also where a bundle owns the job and nobody said to go on. */
async function readJob(workspace: Workspace, jobId: string, { depth, git, anyway }: Options, watcher: Watcher): Promise<WholeSubject> {
  // Loaded here, since each kind of subject needs its own part of the program.
  const { readJobWhole } = await import('../conversion/read-job.ts');
  const reading = `Reading job ${jobId}`;
  watcher.show(reading);
  const onProgress = (progress: ReadingProgress) => showProgress(progress, reading, watcher);
  const job = await readJobWhole(workspace, { jobId, depth, git, evenIfOwned: () => anyway }, { onProgress });
  if (job.kind === 'read') return job;
  if (job.kind === 'no Git folder')
    throw new UserError({
      doing: 'Bringing the files of Git in',
      problem: 'The workspace has no Git folder of this repository that you can see.',
      next: 'Add it as a Git folder at the branch of the job, or leave --git bring out to keep git_source.',
    });
  const { ownerFacts } = await import('../databricks/read/owner.ts');
  const facts = ownerFacts(job.owner).map(([label, value]) => `${label}: ${value}`);
  throw new UserError({
    doing: `Converting job ${jobId}`,
    problem: `A bundle already owns it (${facts.join('; ')}).`,
    next: 'Change that bundle, or make a second one beside it with --anyway.',
  });
}

/** Rejects also where nothing in the folder can run. */
async function readFolder(workspace: Workspace, path: string, watcher: Watcher): Promise<WholeSubject> {
  const { readFolderWhole } = await import('../conversion/read-folder.ts');
  const reading = `Reading ${path}`;
  watcher.show(reading);
  const folder = await readFolderWhole(workspace, { path }, { onProgress: (progress) => showProgress(progress, reading, watcher) });
  if (folder.kind === 'read') return folder;
  const isEmpty = folder.kind === 'nothing to run' && folder.files === 0;
  throw new UserError({
    doing: `Converting ${path}`,
    problem: isEmpty ? 'It holds no file.' : 'It holds nothing that a job could run.',
    next: 'Give a folder with notebooks or programs.',
  });
}

function showProgress(progress: ReadingProgress, reading: string, { show, onWait }: Watcher): void {
  if (progress.stage === 'job') show(`${reading}: ${progress.done} of ${progress.total}`);
  if (progress.stage === 'sources') {
    show(`Collecting sources: ${progress.done} of ${progress.total}`);
    if (progress.done === BEFORE_WAITING) onWait?.();
  }
}
