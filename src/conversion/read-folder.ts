// Reads a workspace folder whole: its files, who uses them already, and the job that is proposed for them.
import type { Analysis } from '../analysis/analyze.ts';
import { type OrderedTask, orderSources } from '../analysis/order/order.ts';
import { proposeJob } from '../bundle/generate/propose-job.ts';
import type { Diagnostic } from '../bundle/model/bundle.ts';
import { readFolder } from '../databricks/read/folder.ts';
import type { Workspace } from '../databricks/workspace.ts';
import { canonicalFolder, canonicalPath } from '../values/workspace-path.ts';
import { apart } from '../worker/apart.ts';
import type { ReadingOptions, WholeSubject } from './subject.ts';

/** A job or pipeline that names files of the folder. */
interface FolderUser {
  readonly kind: 'job' | 'pipeline';
  readonly id: string;
  readonly name: string;
}

/**
 * `order`: the tasks of the proposed job; `not inside`: a path to run is not in the folder; `nothing to run`: it holds files, or none, but no
 * notebook or program.
 */
type FolderReading =
  | ({ readonly kind: 'read'; readonly order: readonly OrderedTask[]; readonly usedBy: readonly FolderUser[] } & WholeSubject)
  | { readonly kind: 'not inside'; readonly path: string }
  | { readonly kind: 'nothing to run'; readonly files: number };

interface FolderWish {
  readonly path: string;
  /** Only these notebooks and programs become tasks, one after the other; left out: all that can run, in an order that is worked out. */
  readonly run?: readonly string[] | undefined;
}

/** Rejects with UserError where there is no such folder, or with the signal's reason. */
export async function readFolderWhole(workspace: Workspace, wish: FolderWish, options: ReadingOptions = {}): Promise<FolderReading> {
  const { onProgress, signal } = options;
  const folder = canonicalFolder(wish.path);
  const { sources, diagnostics, usedBy } = await readFolder(workspace, folder, {
    signal,
    onProgress: (done, total) => onProgress?.({ stage: 'sources', done, total }),
  });
  onProgress?.({ stage: 'sources read', files: sources.length });
  onProgress?.({ stage: 'order' });
  const analyses = await Promise.all(sources.map((source) => apart.analyze(source)));
  const byPath = new Map(analyses.map((analysis) => [canonicalPath(analysis.path), analysis]));
  const outside = wish.run?.find((path) => !byPath.has(canonicalPath(path)));
  if (outside !== undefined) return { kind: 'not inside', path: outside };
  const order =
    wish.run === undefined
      ? orderSources(analyses).tasks
      : oneAfterTheOther(wish.run.flatMap((path) => byPath.get(canonicalPath(path)) ?? []));
  onProgress?.({ stage: 'order found', tasks: order.length });
  if (order.length === 0) return { kind: 'nothing to run', files: sources.length };
  const users: FolderUser[] = [
    ...usedBy.jobs.map(({ jobId, name }) => ({ kind: 'job' as const, id: jobId, name })),
    ...usedBy.pipelines.map(({ id, name }) => ({ kind: 'pipeline' as const, id, name })),
  ];
  return {
    kind: 'read',
    order,
    usedBy: users,
    definition: proposeJob(
      folder,
      order.map((task) => ({ ...task, does: whatItDoes(byPath.get(canonicalPath(task.path))) })),
      sources,
    ),
    sources,
    diagnostics: [...diagnostics, ...usedAlready(folder, users)],
  };
}

/** What its code says that it does: its heading, else the only table that it writes. */
function whatItDoes(analysis: Analysis | undefined): string | undefined {
  const [table, ...others] = analysis?.tables.written ?? [];
  const name = table?.split('.').at(-1);
  return analysis?.title ?? (others.length === 0 && !/[{}]/.test(name ?? '') ? name : undefined);
}

function oneAfterTheOther(chosen: readonly Analysis[]): OrderedTask[] {
  return chosen.map(({ path, widgets }, i) => ({
    path,
    after: chosen.slice(Math.max(0, i - 1), i).map((one) => one.path),
    why: 'as asked',
    parameters: widgets.map((widget) => ({ name: widget.name, default: widget.default })),
  }));
}

function usedAlready(folder: string, users: readonly FolderUser[]): Diagnostic[] {
  if (users.length === 0) return [];
  const named = users.map(({ kind, id }) => `${kind} ${id}`).join(', ');
  return [{ level: 'warning', place: folder, message: `already used by ${named}; a bundle of that one may be what you want` }];
}
