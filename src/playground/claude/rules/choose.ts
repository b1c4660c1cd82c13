// Chooses the rule for what a person wrote; what no rule knows gets an honest answer.
import { askOne, type Talk, ToolTrouble } from '../conversation/talk.ts';
import type { Turn } from '../conversation/turn.ts';
import { addTarget, wantsTargets } from './add-target.ts';
import type { Editing } from './edit.ts';
import { addTests, syncFolder, wantsSync, wantsTests } from './grow.ts';
import { makeBundle, verdict, wantsBundle } from './make-bundle.ts';
import { makeFolderBundle, wantsFolderBundle } from './make-folder-bundle.ts';
import { agreedJob, saysGoOn } from './owned.ts';
import { proposeWrite, wantsWrite } from './propose.ts';
import { explainTask, listJobs, tellFacts, wantsFacts, wantsJobs, wantsTask } from './questions.ts';
import { rename, wantsRename } from './rename.ts';
import { proposeRun, wantsRun } from './run-job.ts';
import { reschedule, wantsSchedule } from './schedule.ts';
import { replaceSecrets, wantsSecretsReplaced } from './secrets.ts';
import { toServerless, wantsServerless } from './serverless.ts';
import { runSql, wantsSql } from './sql.ts';
import { setVariable, wantsVariable } from './variable.ts';

/** The rule that answers this turn, ready to run. */
export function choose(turn: Turn): Talk<string> {
  const text = turn.text.replace(/<@[\w|]+>/g, '').trim();
  const statement = wantsSql(text);
  if (statement !== undefined) return runSql(statement);
  const running = wantsRun(text);
  if (running !== undefined) return proposeRun(running);
  const ofBundle = wantsOfBundle(text);
  if (ofBundle !== undefined) return turn.bundle === undefined ? say(NO_BUNDLE) : ofBundle(turn.bundle);
  const folder = wantsFolderBundle(text);
  if (folder !== undefined) return makeFolderBundle(folder);
  const job = wantsBundle(text);
  if (job !== undefined) return makeBundle(job, saysGoOn(text));
  const agreed = agreedJob(text, turn.before);
  if (agreed !== undefined) return makeBundle(agreed, true);
  if (wantsSecretsReplaced(text) !== undefined && turn.bundle !== undefined)
    return replaceSecrets(turn.bundle, wantsSecretsReplaced(text) ?? '');
  const facts = wantsFacts(text);
  if (facts !== undefined) return tellFacts(facts);
  const jobs = wantsJobs(text);
  if (jobs !== undefined) return listJobs(jobs);
  const task = wantsTask(text);
  if (task !== undefined) return turn.bundle === undefined ? say(NO_BUNDLE) : explainTask(turn.bundle, task);
  const edits = editsIn(text);
  if (edits.length > 0) return turn.bundle === undefined ? say(NO_BUNDLE) : edit(turn.bundle, edits);
  if (/\b(?:deploy|run|delete|destroy|start)\b/i.test(text)) return say(DEPLOY);
  return say(/\b(?:help|hi|hello|hey|can you)\b/i.test(text) ? HELP : `I did nothing: I don't understand this message. ${HELP}`);
}

/** What is done with the bundle of the thread, other than editing it. */
function wantsOfBundle(text: string): ((bundle: string) => Talk<string>) | undefined {
  const write = wantsWrite(text);
  if (write !== undefined) return (bundle) => proposeWrite(bundle, write);
  if (wantsTests(text)) return addTests;
  const folder = wantsSync(text);
  return folder === undefined ? undefined : (bundle) => syncFolder(bundle, folder);
}

type Edit = (editing: Editing) => Talk<void>;

/** Where one wish of a message ends and the next begins. */
const NEXT_WISH =
  /\s*(?:;|\n|,?\s+and\s+(?:then\s+|also\s+)?(?=(?:rename|call|add|create|make|run|move|use|switch|set|change|pause|unpause|resume|schedule|disable|enable)\b))\s*/i;

/** Every change that a message asks for, in the order they are made. */
function editsIn(text: string): Edit[] {
  return text.split(NEXT_WISH).flatMap((wish): Edit[] => {
    const targets = wantsTargets(wish);
    if (targets.length > 0) return targets.map((name) => (editing) => addTarget(editing, name));
    const renaming = wantsRename(wish);
    if (renaming !== undefined) return [(editing) => rename(editing, renaming)];
    if (wantsServerless(wish)) return [toServerless];
    const scheduling = wantsSchedule(wish);
    if (scheduling !== undefined) return [(editing) => reschedule(editing, scheduling)];
    const setting = wantsVariable(wish);
    return setting === undefined ? [] : [(editing) => setVariable(editing, setting)];
  });
}

function* edit(bundle: string, edits: readonly Edit[]): Talk<string> {
  const editing: Editing = { bundle, changes: [], notes: [] };
  const trouble = yield* makeAll(editing, edits);
  const proof = yield* askOne('validate_bundle', { bundle_id: editing.bundle });
  const list = editing.changes.length === 1 ? editing.changes : editing.changes.map((change) => `• ${change}`);
  return [list.join('\n'), ...trouble, ...new Set(editing.notes), ...verdict(proof)].join('\n\n');
}

/** Makes the edits until one fails. What was made before stays and is told; if nothing was, the failure is the answer. */
function* makeAll(editing: Editing, edits: readonly Edit[]): Talk<string[]> {
  try {
    for (const one of edits) yield* one(editing);
    return [];
  } catch (error) {
    if (!(error instanceof ToolTrouble) || editing.changes.length === 0) throw error;
    return [`The rest did not work, and I stopped there. ${error.message}`];
  }
}

// biome-ignore lint/correctness/useYield: an answer without calls is a rule too
function* say(text: string): Talk<string> {
  return text;
}

const HELP = `I am the offline Claude of the playground: a few rules, no language model. I can
• make a bundle of a job: “make a bundle of job 123”
• make a bundle of a folder: “make a bundle of the folder /Users/ana@acme.example/etl”
• replace hard-coded secrets: “replace the secrets with scope etl”
• list jobs: “list jobs named churn”
• add a target: “add a staging target”
• move the job to serverless: “run it on serverless”
• rename: “rename the bundle to churn-v2”, “rename the job to Churn weekly”
• change the schedule: “run it every day at 6:30”, “pause the schedule”
• set a variable: “set catalog to main_test in staging”
• say what a task is: “what does task load do?”
• add tests: “add tests”
• bring files along: “bring /Users/ana@acme.example/lib into the bundle”
• say who you are here and which warehouses there are: “who am I”, “list my warehouses”
• read data: “run this sql: select 1”
• prepare what your click then does: “run job 123”, “deploy it to prod”, “run the bundle”, “upload it to /Shared/x”, “destroy it”, “run this sql: delete …”
For anything else start the playground with \`--real claude\`.`;
const NO_BUNDLE = 'There is no bundle in this thread yet, so I changed nothing. Say “make a bundle of job 123” first.';
const DEPLOY =
  'I did nothing: nothing that I can call deploys, runs or deletes anything by itself. The button under the newest version deploys exactly what its card shows, and “run job 123”, “deploy it to prod” or “destroy it” prepare what your click then does.';
