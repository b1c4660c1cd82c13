// Analyses sources apart from the thread that answers people: in one worker, started when there is work and ended when there was none for a while.
import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { analyze } from '../analysis/analyze.ts';
import { dependenciesOf } from '../analysis/dependencies.ts';
import { languageOf } from '../analysis/source/cells.ts';
import type { Source } from '../bundle/model/bundle.ts';
import type { Answer, Sent, Work } from './worker.ts';

/** The parsers hold up to 270 MB, and to load them takes a second (facts: libraries#parsers-of-sources). */
const IDLE_MS = 120_000;
/** Of JavaScript's own memory, in MB; a worker that needs more ends, and nothing else. */
const MEMORY_MB = 1024;
/** Results that are kept, the newest ones: each plan of a version reads the same sources. */
const KEPT = 500;

type Result = Extract<Answer, { result: unknown }>['result'];

interface Asked {
  readonly sent: Sent;
  readonly answer: PromiseWithResolvers<Result>;
}

/** `program` is the worker's, as this file is: from the sources, or as it was built. */
export function createApart(
  program = new URL(`./worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url),
  idleMs = IDLE_MS,
) {
  let worker: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;
  /** The first one is what the worker has in hand: whatever ends it, it was that. */
  const line: Asked[] = [];
  const kept = new Map<string, Promise<Result>>();

  /** The same source is worked on once. */
  function once(work: keyof Work, source: Source): Promise<Result> {
    const name = nameOf(work, source);
    const answer = kept.get(name) ?? ask(work, source);
    kept.delete(name);
    kept.set(name, answer);
    const [oldest] = kept.keys();
    if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
    answer.catch(() => kept.delete(name));
    return answer;
  }

  function ask(work: keyof Work, source: Source): Promise<Result> {
    const answer = Promise.withResolvers<Result>();
    // A copy: what is sent of a piece of memory would be all of it.
    line.push({ sent: { work, source: { ...source, bytes: Uint8Array.from(source.bytes) } }, answer });
    if (line.length === 1) sendFirst();
    return answer.promise;
  }

  function sendFirst(): void {
    const [first] = line;
    if (first === undefined) rest();
    else {
      clearTimeout(idle);
      worker ??= start();
      worker.ref();
      worker.postMessage(first.sent);
    }
  }

  function start(): Worker {
    const started = new Worker(program, { resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB } });
    let why: unknown = new Error('The worker ended.');
    started.on('message', (answer: Answer) => {
      const first = line.shift();
      if ('error' in answer) first?.answer.reject(answer.error);
      else first?.answer.resolve(answer.result);
      sendFirst();
    });
    started.on('error', (error) => {
      why = error;
    });
    started.on('exit', () => {
      if (worker !== started) return;
      worker = undefined;
      line.shift()?.answer.reject(why);
      sendFirst();
    });
    return started;
  }

  function rest(): void {
    worker?.unref();
    // A worker may have died in its rest: the time that was set for it is not the next one's.
    clearTimeout(idle);
    idle = setTimeout(() => {
      const ended = worker;
      worker = undefined;
      void ended?.terminate();
    }, idleMs).unref();
  }

  const isCode = (source: Source) => languageOf(source) !== undefined;
  /** What is no code is read here. Each rejects where the worker ends with the source. */
  const work: Work = {
    analyze: (source) => (isCode(source) ? (once('analyze', source) as ReturnType<Work['analyze']>) : analyze(source)),
    dependenciesOf: (source) =>
      isCode(source) ? (once('dependenciesOf', source) as ReturnType<Work['dependenciesOf']>) : dependenciesOf(source),
  };
  return work;
}

function nameOf(work: keyof Work, { bytes, ...about }: Source): string {
  const what = JSON.stringify([work, about.path, about.kind, about.language, about.format]);
  return createHash('sha256').update(what).update(bytes).digest('base64');
}

/** The one of this process. */
export const apart = createApart();
