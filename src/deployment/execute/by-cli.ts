// Approved writes by the Databricks CLI: running what a bundle has deployed, and destroying it.
import type { WriteOf } from '../approval/write.ts';
import { notDone, unknown, type WriteResult } from '../approval/write-result.ts';
import type { OpenCli, UntouchedRun } from '../cli/open-bundle.ts';
import { validateAs } from '../plan/validate-as.ts';
import { deployedResources } from '../plan/what-destroy-deletes.ts';
import { notAllowed } from '../policy/refusals.ts';
import type { RunningWrite } from './run-once.ts';

export async function runBundle(write: WriteOf<'run_bundle'>, running: RunningWrite): Promise<WriteResult> {
  return opened(write, running, async (open) => {
    running.onProgress(`Starting ${write.key}`);
    const args = Object.entries(write.parameters).map(([name, value]) => `--${name}=${value}`);
    await running.begin();
    const run = await open.runResource(write.target, write.key, args);
    // No run was started only where the API answered so, or was never asked.
    const mayRun = /(?:Run|Update) URL: |: EOF\b|timed out|connection|\(5\d\d /.test(run.result.stderr);
    if (run.result.code !== 0) return ended(run, `Running ${write.key}`, !mayRun);
    const of = { key: write.key, host: running.host, at: running.clock.now() };
    return startedRun(run.result.stderr, of) ?? { state: 'done', startedOnly: true };
  });
}

/** What the CLI has started, by what it printed; undefined where it names no address. */
export function startedRun(
  stderr: string,
  of: { readonly key: string; readonly host: string; readonly at: number },
): WriteResult | undefined {
  const url = /^(?:Run|Update) URL: (\S+)$/m.exec(stderr)?.[1];
  if (url === undefined) return undefined;
  // The CLI printed it: it is shown only where it leads to this workspace.
  const link = url.startsWith(`${of.host}/`) ? { link: { text: `run of ${of.key}`, url } } : {};
  const ids = runIn(url);
  return ids === undefined
    ? { state: 'done', startedOnly: true, ...link }
    : { state: 'running', run: { ...ids, startedAt: of.at }, ...link };
}

/** The ids in the address of a run or of a pipeline's update (facts: cli#validate-summary-and-run). */
function runIn(url: string): { runId: string; pipelineId?: string } | undefined {
  const runId = /\/runs?\/(\d+)/.exec(url)?.[1];
  if (runId !== undefined) return { runId };
  const [, pipelineId, updateId] = /\/pipelines\/([\w-]+)\/updates\/([\w-]+)/.exec(url) ?? [];
  return pipelineId === undefined || updateId === undefined ? undefined : { runId: updateId, pipelineId };
}

export async function destroyBundle(write: WriteOf<'destroy_bundle'>, running: RunningWrite): Promise<WriteResult> {
  return opened(write, running, async (open) => {
    running.onProgress('Checking that nothing has changed since the card');
    const now = await deployedResources(open, write.target);
    if (JSON.stringify(now) !== JSON.stringify(write.resources))
      return notDone(
        'What is deployed has changed since this card was made.',
        'Ask me again: a new card shows what would be destroyed now.',
      );
    await running.begin();
    const run = await open.destroy(write.target, running.onProgress);
    if (run.result.code === 0) return { state: 'done' };
    return ended(run, `Destroying what is deployed to ${write.target}`, !run.begun);
  });
}

async function opened(
  write: WriteOf<'run_bundle' | 'destroy_bundle'>,
  { loadBundle, cli, host, token, userName, onProgress, onProgram }: RunningWrite,
  work: (open: OpenCli) => Promise<WriteResult>,
): Promise<WriteResult> {
  const bundle = await loadBundle(write.bundle);
  if (bundle === undefined) return notDone('The bundle is no longer stored.', 'Ask me for a new one.');
  const no = notAllowed(bundle.files)?.words;
  if (no !== undefined) return notDone(no.problem, no.next);
  return cli.open({ files: bundle.files, host, token, onWait: onProgress, onProgram }, async (open) => {
    await validateAs(open, write.target, userName);
    return work(open);
  });
}

/** `nothing`: the CLI ended before it changed anything. */
function ended({ result, failure }: UntouchedRun, doing: string, nothing: boolean): WriteResult {
  if (result.ended === 'late') return { ...unknown('It is still running; I have stopped waiting for it.'), mayRun: true };
  if (result.code === null) return unknown('The Databricks CLI was killed in the middle of it.');
  const { problem, next } = failure(doing);
  return nothing ? notDone(problem, next) : unknown(problem);
}
