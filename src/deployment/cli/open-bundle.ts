// The only place that runs the Databricks CLI: a bundle is opened in a private folder, and validated, planned or deployed there.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Models } from '../../bundle/currency/models.ts';
import type { BundleFile } from '../../bundle/model/bundle.ts';
import type { NoProof } from '../../bundle/proof/proof.ts';
import type { Clock } from '../../values/clock.ts';
import { type ErrorWords, UserError } from '../../values/errors.ts';
import { isObject, type JsonObject, parseJson } from '../../values/json.ts';
import type { Logger } from '../../values/log.ts';
import { createPatience, type OnWait, type TokenSource, tokenTrouble } from '../../values/patience.ts';
import { createSlots } from '../../values/slots.ts';
import type { CliLocator, CliStatus, Ready } from '../install/locate.ts';
import { LIMITS } from './limits.ts';
import { type CliCommand, type CliResult, runCli } from './process.ts';
import type { Program } from './program.ts';
import { createResolver } from './resolve.ts';
import { readSchema } from './schema.ts';
import { createFolder, type Folder } from './scratch-folder.ts';
import { clean, failureWords, type Hidden, isSignInRefused, passingTrouble, warningsOf } from './stderr.ts';

interface BundleToOpen {
  readonly files: readonly BundleFile[];
  readonly host: string;
  readonly token: TokenSource;
  /** Reads wait for a workspace that is down, and tell it; else they are tried a second time at most. */
  readonly onWait?: OnWait | undefined;
  /** Ends reads; a deploy goes on. */
  readonly signal?: AbortSignal | undefined;
  /** Told which program runs that we never end, so that it can be found where we are ended ourselves. */
  readonly onProgram?: ((program: Program) => Promise<void>) | undefined;
}

/** How a command ended that we never end ourselves; `begun`: it got as far as changing resources. */
export interface UntouchedRun {
  readonly result: CliResult;
  readonly begun: boolean;
  /** Words for one that failed. */
  readonly failure: (doing: string) => ErrorWords;
}

/** One bundle in its folder. Reads reject with UserError, or with the signal's reason when aborted. */
export type OpenCli = ReturnType<typeof openCli>;
export type Cli = ReturnType<typeof createCli>;

export function createCli(deps: { locator: CliLocator; scratchDir: string; clock: Clock; log: Logger }) {
  const { locator, scratchDir, clock, log } = deps;
  let schema: Promise<Models | undefined> | undefined;
  const slot = createSlots(LIMITS.readsAtOnce);
  const cli = {
    /** Words when there is no CLI, or not yet one: it waits for a look at what is there, not for a download or a build. */
    async missing(): Promise<NoProof | undefined> {
      // Looking for a CLI that is there takes a moment; preparing one takes minutes, and nobody's turn waits for that.
      await Promise.race([locator.ready(), new Promise<void>((resolve) => clock.deadline(LIMITS.lookMs, resolve))]);
      const status = locator.status();
      return status.state === 'ready' ? undefined : notReady(status);
    },
    /** Which version there is; undefined where there is none, or not yet. */
    version(): string | undefined {
      const status = locator.status();
      return status.state === 'ready' ? status.version : undefined;
    },
    /** What the CLI at hand understands, read once; undefined where there is no CLI, or it can't say. */
    async understands(): Promise<Models | undefined> {
      await locator.ready();
      const status = locator.status();
      if (status.state !== 'ready') return undefined;
      schema ??= readSchema(status);
      const models = await schema;
      // It may have been too slow once.
      if (models === undefined) schema = undefined;
      return models;
    },
    /** Opens a bundle that checkBundle has accepted, for as long as `work` runs. Rejects with the locator's words where there is no CLI. */
    async open<T>(bundle: BundleToOpen, work: (cli: OpenCli) => Promise<T>): Promise<T> {
      await locator.ready();
      const status = locator.status();
      if (status.state !== 'ready') throw new UserError({ doing: 'Running the Databricks CLI', ...notReady(status) });
      const folder = await createFolder(scratchDir, bundle.files);
      let late = false;
      const runs = new Set<Promise<unknown>>();
      try {
        return await work(openCli({ ...status, folder, bundle, clock, log, slot, runs, onLate: () => (late = true) }));
      } finally {
        // What was begun beside something that failed needs its folder until it ends, and a deploy that still runs needs it longer.
        await Promise.allSettled(runs);
        if (!late) await folder.release();
      }
    },
  };
  return {
    ...cli,
    /** What a target resolves to, asked for once by all who read it at about the same time; for what is written it is asked for anew. */
    resolve: createResolver(
      ({ target, ...bundle }) => cli.open(bundle, async (open) => ({ ...(await open.validate(target)), version: open.version })),
      clock,
    ),
  };
}

function notReady(status: Exclude<CliStatus, Ready>): NoProof {
  if (status.state === 'unavailable') return { problem: status.problem, next: status.next };
  const doing = status.percent === undefined ? status.doing : `${status.doing}, ${status.percent} %`;
  return { problem: `The Databricks CLI is being prepared: ${doing}.`, next: 'Proof and plan follow by themselves when it is ready.' };
}

interface Opened extends Pick<Ready, 'path' | 'version'> {
  readonly folder: Folder;
  readonly bundle: BundleToOpen;
  readonly clock: Clock;
  readonly log: Logger;
  /** What a read waits for; a write waits for nobody. */
  readonly slot: ReturnType<typeof createSlots>;
  /** Commands that were begun. */
  readonly runs: Set<Promise<unknown>>;
  readonly onLate: () => void;
}

function openCli({ path, version, folder, bundle, clock, log, slot, runs, onLate }: Opened) {
  const tokens = new Set<string>();
  const hidden: Hidden = { host: bundle.host, tokens, base: folder.base, root: folder.root };
  const patience = createPatience({ of: 'Databricks', clock, onWait: bundle.onWait });
  /** The token that this began with, once it was refused. */
  let refused: string | undefined;

  function run(target: string, args: readonly string[], more: Partial<CliCommand> = {}): Promise<CliResult & { token: string }> {
    const begin = async () => {
      const token = await patience.tryOn(() => bundle.token(refused), tokenTrouble, bundle.signal);
      tokens.add(token);
      const once = async () => {
        const started = clock.now();
        const result = await runCli({ path, args, folder, target, host: bundle.host, token, clock, ...more });
        log.info(
          { command: args.slice(0, 2).join(' '), target, exit: result.code, ended: result.ended, ms: clock.now() - started },
          'Ran the Databricks CLI',
        );
        return result;
      };
      const go = () => {
        const ran = once();
        // Whoever is stopped does not wait for its end, but the folder does.
        runs.add(ran);
        return ran;
      };
      const result = await (more.untouchable === true ? go() : slot(go, bundle.signal));
      return { ...result, token };
    };
    const running = begin();
    runs.add(running);
    return running;
  }

  /** Whether there is another token than one that was refused; asked once. */
  async function isRenewed(used: string): Promise<boolean> {
    if ((refused ?? used) !== used) return false;
    refused = used;
    return (await bundle.token(used)) !== used;
  }

  async function read(doing: string, target: string, command: 'validate' | 'plan' | 'summary') {
    const wait = patience.begin();
    let isAnswered = false;
    try {
      for (;;) {
        const result = await readOnce(doing, target, command);
        const trouble = result.code === 0 ? undefined : passingTrouble(result.stderr);
        isAnswered = trouble === undefined;
        if (result.code === 0) return { ...result, json: parsed(doing, result.stdout) };
        if (isSignInRefused(result.stderr) && (await isRenewed(result.token))) continue;
        if (trouble === undefined || !(await wait.again(trouble, bundle.signal)))
          throw new UserError(failureWords(doing, result.stderr, hidden));
      }
    } finally {
      wait.over(isAnswered);
    }
  }

  async function readOnce(doing: string, target: string, command: 'validate' | 'plan' | 'summary') {
    const result = await run(target, ['bundle', command, '-o', 'json', '-t', target], { signal: bundle.signal });
    bundle.signal?.throwIfAborted();
    if (result.ended === 'timeout')
      throw new UserError({
        doing,
        problem: 'It took longer than 3 minutes.',
        next: 'Databricks may be busy; try again in a few minutes.',
      });
    if (result.ended === 'output')
      throw new UserError({ doing, problem: 'The answer is too large.', next: 'Use the Databricks CLI yourself for this bundle.' });
    return result;
  }

  async function untouched(
    target: string,
    args: readonly string[],
    begins: RegExp,
    onLine?: (line: string) => void,
  ): Promise<UntouchedRun> {
    let begun = false;
    let noted: Promise<void> | undefined;
    const onStart = (program: Program) => {
      // It runs on whether that is known or not.
      noted = bundle.onProgram?.(program).catch((error: unknown) => log.warn({ err: error }, 'It was not stored which program runs'));
    };
    const result = await run(target, args, {
      untouchable: true,
      onStart,
      onLine: (line) => {
        begun ||= begins.test(line);
        if (/^\S.*\.\.\.$|^\w+ complete!$/.test(line)) onLine?.(clean(line, hidden));
      },
    });
    if (result.ended === 'late') onLate();
    // Else it would be taken for the one that comes next.
    await noted;
    return { result, begun, failure: (doing) => failureWords(doing, result.stderr, hidden) };
  }

  return {
    version,
    /** The digest of the files that are on disk now. */
    digest: folder.digest,
    /** `bundle validate -o json`: the resolved configuration of a target, and the warnings in the CLI's words. */
    async validate(target: string) {
      const { json, stderr } = await read(`Validating target ${target}`, target, 'validate');
      return { resolved: json, warnings: warningsOf(stderr, hidden) };
    },
    /** `bundle plan -o json`: its text to the byte, and parsed. */
    async plan(target: string) {
      const { json, stdout } = await read(`Planning target ${target}`, target, 'plan');
      return { text: stdout, plan: json };
    },
    /** `bundle summary -o json`: the configuration with ids and addresses. */
    summary: async (target: string) => (await read(`Reading what was deployed to ${target}`, target, 'summary')).json,
    /**
     * `bundle deploy --plan`, which we never end (facts: cli#deploying-a-stored-plan). Rejects not for a deployment that fails: the answer
     * says what the CLI said. Without `deletes` the CLI refuses to delete more than jobs, after it has uploaded
     * (facts: cli#destructive-changes).
     */
    async deployPlan(
      target: string,
      { plan, deletes }: { readonly plan: string; readonly deletes: boolean },
      onLine: (line: string) => void,
    ) {
      const file = join(folder.base, 'plan.json');
      await writeFile(file, plan, { mode: 0o600 });
      const approved = deletes ? ['--auto-approve'] : [];
      return untouched(target, ['bundle', 'deploy', '--plan', file, ...approved, '-t', target], /^Deploying resources/, onLine);
    },
    /** `bundle run --no-wait`: starts what is deployed under a key, which must be a resource's (`--` alone would run a local command); `args` as `--name=value`. */
    runResource(target: string, key: string, args: readonly string[]) {
      const command = ['bundle', 'run', '-t', target, '--no-wait', key, ...(args.length === 0 ? [] : ['--', ...args])];
      return untouched(target, command, /^(?:Run|Update) URL: /);
    },
    /**
     * `bundle deployment bind --auto-approve`: from now on the state names what exists under an id as the resource of a key; it changes
     * nothing else (facts: cli#bind-unbind-and-destroy).
     */
    bind: (target: string, key: string, id: string) =>
      untouched(target, ['bundle', 'deployment', 'bind', key, id, '--auto-approve', '-t', target], /^Successfully bound/),
    /** `bundle deployment unbind`: the state forgets a resource, which stays as it is; done also where it was not bound. */
    unbind: (target: string, key: string) => untouched(target, ['bundle', 'deployment', 'unbind', key, '-t', target], /^(?!)/),
    /** `bundle destroy --auto-approve`: deletes what the state holds, and its folder. */
    destroy(target: string, onLine: (line: string) => void) {
      const begins = /^The following resources will be deleted|^All files/;
      return untouched(target, ['bundle', 'destroy', '--auto-approve', '-t', target], begins, onLine);
    },
  };
}

function parsed(doing: string, text: string): JsonObject {
  try {
    const value = parseJson(text);
    if (isObject(value)) return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new UserError({
    doing,
    problem: 'The Databricks CLI answered with something that is not JSON.',
    next: 'Check which CLI is installed (npm run setup:cli).',
  });
}
