// Durable work: one job at a time per key, under a lease of that key, fair between people, resumed after a crash, drained on shutdown (pg-boss).
import { createHash } from 'node:crypto';
import type { JobWithMetadata } from 'pg-boss';
import type { Storage } from '../storage/storage.ts';
import type { Clock } from '../values/clock.ts';
import { codeOf, isPassingStatement, LeaseLostError, UpstreamError } from '../values/errors.ts';
import type { Logger } from '../values/log.ts';

/** A worker that stops answering for this long is taken for dead and its job handed on (pg-boss's minimum; facts: libraries#pg-boss). */
const HEARTBEAT_SECONDS = 10;
/** Longest a job may run: a deploy's silent retries alone take 15 minutes (facts: cli#network-faults). */
const EXPIRE_SECONDS = 3600;
/** A job that has used up its retries would hold back all later ones of its key: pg-boss gets more than it can use, and we count. */
const NEVER_FAILED = 1_000_000;
/** Tries grow apart up to this, so that a dozen of them outlast a far side's bad minutes. */
const RETRY_DELAY_MAX_SECONDS = 60;
/**
 * How often one of the idle workers looks, for what is to be tried again or was another process's; all of them would ask as often each. Whoever
 * sends a job wakes a worker of its own. An embedded database has no other process, and each look costs its own process 3 ms.
 */
const LOOK_MS = { postgres: 1000, pglite: 2000 };
/** How often each looks by itself; nothing depends on it. */
const POLL_SECONDS = 60;

/** Whose a job is: of one group so many run side by side, and who has fewer jobs `before` this one comes first. */
interface Share {
  readonly group: string;
  readonly before?: number;
}

interface WorkQueue<Data extends object> {
  /** Adds a job unless one with this id is there; jobs of one key run one after the other. */
  send(id: string, key: string, data: Data, share?: Share): Promise<void>;
  /** Starts working; `abandoned` names jobs that a dead process had in hand, so that they are tried again at once. */
  start(abandoned?: readonly string[]): Promise<void>;
  /** Does something that is no job, and waits for no free place among them, while no job of this key runs. */
  beside(key: string, work: (lost: AbortSignal) => Promise<void>): Promise<void>;
}

interface QueueOptions<Data extends object> {
  readonly name: string;
  /** How often a job that threw, or whose process died, is taken up again. */
  readonly retries: number;
  /** Jobs that run side by side. */
  readonly concurrency: number;
  /** Those of one group that do, in all processes together. */
  readonly ofOneGroup?: number;
  /** What people should hear of a failure, it says itself. `lost` is aborted where another process has taken the job over. */
  readonly work: (data: Data, lost: AbortSignal) => Promise<void>;
  /** Called when the last retry has failed too; the job is over then. */
  readonly giveUp?: (data: Data) => Promise<void>;
}

export type CreateQueue = <Data extends object>(options: QueueOptions<Data>) => WorkQueue<Data>;

export function createQueue<Data extends object>(
  {
    boss,
    leases,
    kind,
    clock,
    log,
  }: Pick<Storage, 'boss' | 'leases' | 'kind'> & { readonly clock: Pick<Clock, 'deadline'>; readonly log: Logger },
  options: QueueOptions<Data>,
): WorkQueue<Data> {
  const { name } = options;
  const created = boss.createQueue(name, {
    policy: 'key_strict_fifo',
    retryLimit: NEVER_FAILED,
    retryDelay: 1,
    retryBackoff: true,
    retryDelayMax: RETRY_DELAY_MAX_SECONDS,
    heartbeatSeconds: HEARTBEAT_SECONDS,
    expireInSeconds: EXPIRE_SECONDS,
  });
  created.catch(() => undefined);
  /** Workers that have no job in hand. */
  const idle = new Set<string>();

  function wakeOne(): void {
    const [worker] = idle;
    if (worker === undefined) return;
    // Another one the next time: this one may have found something by then.
    idle.delete(worker);
    idle.add(worker);
    boss.notifyWorker(worker);
  }

  function goOnLooking(): void {
    clock.deadline(LOOK_MS[kind], () => {
      wakeOne();
      goOnLooking();
    });
  }

  const leaseOf = (key: string) => `${name} ${key}`;

  async function startWorker(): Promise<void> {
    const id = Promise.withResolvers<string>();
    const fair = options.ofOneGroup === undefined ? {} : { groupConcurrency: options.ofOneGroup };
    const looking = { pollingIntervalSeconds: POLL_SECONDS, batchSize: 1, includeMetadata: true, ...fair } as const;
    const work = async ([job]: JobWithMetadata<Data>[]) => {
      const worker = await id.promise;
      idle.delete(worker);
      try {
        if (job !== undefined) await leases.hold(leaseOf(job.singletonKey ?? job.id), (lease) => once(job, lease));
      } finally {
        idle.add(worker);
        // When this job is done it looks at once: the next one of the same key has waited for its end.
        boss.notifyWorker(worker);
      }
    };
    id.resolve(await boss.work(name, looking, work));
    idle.add(await id.promise);
  }

  /** One try of a job; throws to have it tried again, and ends it when there were enough tries. */
  async function once(job: JobWithMetadata<Data>, lease: AbortSignal): Promise<void> {
    const lost = lostWith(lease, job.signal);
    try {
      // More tries than allowed: the process died in each of them.
      if (job.retryCount > options.retries) await options.giveUp?.(job.data);
      else await options.work(job.data, lost);
    } catch (error) {
      // It goes on in the process that has it now, which also says how it ends: pg-boss takes no end of a try that it has given to another.
      if (error instanceof LeaseLostError) throw error;
      log.error({ err: error, queue: name, job: job.id, retry: job.retryCount }, 'job failed');
      if (job.retryCount < options.retries) throw error;
      await options.giveUp?.(job.data).catch((cause: unknown) => {
        // The next try gives it up first of all.
        if (isPassingStatement(cause)) throw cause;
        log.error({ err: cause, queue: name, job: job.id }, 'job not given up');
      });
    }
  }

  return {
    async send(id, key, data, share) {
      await created;
      // Of one key the oldest comes first all the same (facts: libraries#pg-boss).
      const fair = share === undefined ? {} : { group: { id: share.group }, priority: -(share.before ?? 0) };
      // Sent again it is the same job: whoever sends is tried again, as for a statement of our own.
      await boss.send(name, data, { id, singletonKey: key, ...fair }).catch((error: unknown) => {
        const failure = { service: 'postgres', operation: `send a job to ${name}`, code: codeOf(error), passing: true } as const;
        throw new UpstreamError(failure, { cause: error });
      });
      wakeOne();
    },

    async start(abandoned = []) {
      await created;
      for (const id of abandoned) await boss.fail(name, id);
      for (let started = 0; started < options.concurrency; started++) await startWorker();
      goOnLooking();
    },

    beside: (key, work) => leases.apart(() => leases.hold(leaseOf(key), work)),
  };
}

/** Aborted with a LeaseLostError when one of them is: pg-boss aborts a job's own where it has handed the job on, or will do so at an end. */
function lostWith(...signals: readonly AbortSignal[]): AbortSignal {
  const lost = new AbortController();
  const tell = () => lost.abort(new LeaseLostError('Another process goes on with this job.'));
  for (const signal of signals) signal.aborted ? tell() : signal.addEventListener('abort', tell, { once: true });
  return lost.signal;
}

/** The id of a job from any text, always the same: pg-boss takes UUIDs alone. */
export function jobId(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `5${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
}
