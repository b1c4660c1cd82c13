// Approved writes over REST: a run, a statement, an upload.
import { posix } from 'node:path';
import type { SqlStatement } from '../../databricks/api/statements.ts';
import type { CallOutcome } from '../../databricks/api-writes/workspace-writes.ts';
import { createPatience } from '../../values/patience.ts';
import { canonicalPath } from '../../values/workspace-path.ts';
import type { WriteOf } from '../approval/write.ts';
import { notDone, unknown, type WriteResult } from '../approval/write-result.ts';
import { LIMITS } from './limits.ts';
import type { RunningWrite } from './run-once.ts';

/** The proposal's id is the idempotency token: a call whose answer was lost can be made again, and answers the same run. */
export async function runJob({ job_id: jobId, parameters }: WriteOf<'run_job'>, running: RunningWrite): Promise<WriteResult> {
  running.onProgress('Starting the run');
  const run = { jobId, parameters, idempotencyToken: running.proposalId };
  const sent = await patiently(running, () => running.writes.runNow(run));
  const job = { text: `job ${jobId}`, url: `${running.host}/jobs/${jobId}` };
  if (sent.kind === 'done') {
    const { runId } = sent.value;
    return {
      ...{ state: 'running', run: { runId, startedAt: running.clock.now() } },
      link: { text: `run ${runId}`, url: `${job.url}/runs/${runId}` },
    };
  }
  return { ...unsuccessful(sent, 'run this job'), link: job };
}

export async function executeSql(write: WriteOf<'sql'>, { writes, begin, onProgress, clock }: RunningWrite): Promise<WriteResult> {
  onProgress('Executing the statement');
  await begin();
  const until = clock.now() + LIMITS.statementMs;
  const { warehouse_id: warehouseId, statement } = write;
  const first = await writes.executeStatement({ warehouseId, statement, rows: LIMITS.rowsAsked, waitSeconds: LIMITS.statementWaitSeconds });
  if (first.kind !== 'done') return unsuccessful(first, 'execute a statement on this warehouse');
  let now = first.value;
  while (now.state === 'PENDING' || now.state === 'RUNNING') {
    if (clock.now() > until)
      return unknown(`The statement is still running after ${LIMITS.statementMs / 60_000} minutes; I have stopped waiting for it.`);
    await clock.sleep(LIMITS.statementPollMs);
    // A look that fails says nothing about the statement.
    const look = await writes.getStatement(now.id);
    if (look.kind === 'done') now = look.value;
    else if (look.kind === 'refused' && !isBusy(look)) return unknown('The statement was begun, but how far it is can’t be read.');
  }
  if (now.state === 'SUCCEEDED') return { state: 'done', ...tableOf(now) };
  return {
    ...(now.state === 'FAILED'
      ? { state: 'failed', problem: 'The statement failed.', next: 'Correct it and ask me again.' }
      : unknown('The statement was cancelled.')),
    ...(now.error === undefined ? {} : { said: now.error }),
  };
}

export async function uploadBundle({ bundle: digest, folder }: WriteOf<'upload_bundle'>, running: RunningWrite): Promise<WriteResult> {
  const bundle = await running.loadBundle(digest);
  if (bundle === undefined) return notDone('The bundle is no longer stored.', 'Ask me for a new one.');
  const folders = [...new Set(bundle.files.map(({ path }) => posix.join(folder, posix.dirname(path))))].sort();
  let done = 0;
  const broken = (sent: Exclude<CallOutcome<void>, { kind: 'done' }>, path: string): WriteResult => {
    const result = unsuccessful(sent, `write ${path}`);
    const stopped = `${done} of ${bundle.files.length} files were uploaded; it stopped at ${path}.`;
    return { ...result, problem: sent.kind === 'lost' ? `${result.problem} ${stopped}` : stopped };
  };
  for (const path of folders) {
    const sent = await patiently(running, () => running.writes.mkdirs(path));
    if (sent.kind !== 'done') return broken(sent, path);
  }
  // One after the other: that is slower than the 30 imports a second that a workspace allows (facts: databricks#rate-limits).
  for (const file of bundle.files) {
    const path = posix.join(folder, file.path);
    // Whoever has stood still meanwhile writes nothing more where another has gone on, and people perhaps too.
    await running.begin();
    const sent = await patiently(running, () => running.writes.importFile(path, file.bytes));
    if (sent.kind !== 'done') return broken(sent, path);
    done += 1;
    if (done % 20 === 0) running.onProgress(`Uploaded ${done} of ${bundle.files.length} files`);
  }
  return { state: 'done', link: { text: folder, url: `${running.host}/#workspace${canonicalPath(folder)}` } };
}

/** Makes a call that does no harm when it is made twice, again and again while Databricks is down or busy, and says so. */
async function patiently<T>({ clock, onProgress }: RunningWrite, call: () => Promise<CallOutcome<T>>): Promise<CallOutcome<T>> {
  const wait = createPatience({ of: 'Databricks', clock, onWait: onProgress }).begin();
  let sent = await call();
  while (
    (sent.kind === 'lost' || isBusy(sent)) &&
    (await wait.again({ title: sent.kind === 'lost' ? `${capital(sent.why)}.` : 'Databricks is busy.' }))
  )
    sent = await call();
  wait.over(sent.kind !== 'lost' && !isBusy(sent));
  return sent;
}

function isBusy(sent: CallOutcome<unknown>): boolean {
  return sent.kind === 'refused' && sent.status === 429;
}

/** How a write ended whose call did not succeed. */
function unsuccessful(sent: Exclude<CallOutcome<unknown>, { kind: 'done' }>, what: string): WriteResult {
  if (sent.kind === 'lost') return unknown(`${capital(sent.why)}.`);
  const said = [sent.code, sent.message].filter((part) => part !== '').join(': ');
  const result =
    sent.status === 401
      ? notDone('Databricks no longer accepts your sign-in.', 'Connect again, then ask me again in the thread.')
      : sent.status === 403
        ? notDone(`Databricks says that you may not ${what}.`, 'Ask its owner for that permission.')
        : sent.status === 429
          ? notDone('Databricks is busy: it asked to slow down for too long.', 'Ask me again in a few minutes.')
          : notDone(`Databricks refused to ${what}.`, 'Correct it and ask me again in the thread.');
  return said === '' ? result : { ...result, said };
}

function capital(text: string): string {
  return `${text[0]?.toUpperCase()}${text.slice(1)}`;
}

/** The rows as data for a card: capped in every direction. */
function tableOf({ columns, rows, truncated }: SqlStatement): Pick<WriteResult, 'table'> {
  if (columns.length === 0) return {};
  const cut = (text: string) => (text.length > LIMITS.valueCharacters ? `${text.slice(0, LIMITS.valueCharacters)}…` : text);
  return {
    table: {
      columns: columns.slice(0, LIMITS.columnsShown).map(cut),
      rows: rows.slice(0, LIMITS.rowsShown).map((row) => row.slice(0, LIMITS.columnsShown).map(cut)),
      more: truncated || rows.length > LIMITS.rowsShown || columns.length > LIMITS.columnsShown,
    },
  };
}
