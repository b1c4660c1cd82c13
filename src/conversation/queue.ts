// Durable work: one job at a time per key, resumed after a crash, drained on shutdown (pg-boss).
import { createHash } from 'node:crypto';
import type { PgBoss } from 'pg-boss';
import type { Logger } from '../values/log.ts';

/** A worker that stops answering for this long is taken for dead and its job handed on (pg-boss's minimum; facts: libraries#pg-boss). */
const HEARTBEAT_SECONDS = 10;
/** Longest a job may run: a deploy's silent retries alone take 15 minutes (facts: cli#network-faults). */
const EXPIRE_SECONDS = 3600;
/** A job that has used up its retries would hold back all later ones of its key: pg-boss gets more than it can use, and we count. */
const NEVER_FAILED = 1_000_000;
/** Tries grow apart up to this, so that a dozen of them outlast a far side's bad minutes. */
const RETRY_DELAY_MAX_SECONDS = 60;
/** How often an idle worker looks; a send wakes it at once. */
const POLL_SECONDS = 1;

interface WorkQueue<Data extends object> {
  /** Adds a job unless one with this id is there; jobs of one key run one after the other. */
  send(id: string, key: string, data: Data): Promise<void>;
  /** Starts working; `abandoned` names jobs that a dead process had in hand, so that they are tried again at once. */
  start(abandoned?: readonly string[]): Promise<void>;
}

interface QueueOptions<Data extends object> {
  readonly name: string;
  /** How often a job that threw, or whose process died, is taken up again. */
  readonly retries: number;
  /** Jobs that run side by side. */
  readonly concurrency: number;
  /** What people should hear of a failure, it says itself. */
  readonly work: (data: Data) => Promise<void>;
  /** Called when the last retry has failed too; the job is over then. */
  readonly giveUp?: (data: Data) => Promise<void>;
}

export type CreateQueue = <Data extends object>(options: QueueOptions<Data>) => WorkQueue<Data>;

export function createQueue<Data extends object>(boss: PgBoss, log: Logger, options: QueueOptions<Data>): WorkQueue<Data> {
  const { name } = options;
  let worker: string | undefined;
  const created = boss.createQueue(name, {
    policy: 'key_strict_fifo',
    retryLimit: NEVER_FAILED,
    retryDelay: 1,
    retryBackoff: true,
    retryDelayMax: RETRY_DELAY_MAX_SECONDS,
    heartbeatSeconds: HEARTBEAT_SECONDS,
    expireInSeconds: EXPIRE_SECONDS,
  });

  /** One try of a job; throws to have it tried again, and ends it when there were enough tries. */
  async function once(job: { id: string; data: Data; retryCount: number }): Promise<void> {
    try {
      // More tries than allowed: the process died in each of them.
      if (job.retryCount > options.retries) await options.giveUp?.(job.data);
      else await options.work(job.data);
    } catch (error) {
      log.error({ err: error, queue: name, job: job.id, retry: job.retryCount }, 'job failed');
      if (job.retryCount < options.retries) throw error;
      await options.giveUp?.(job.data).catch((cause: unknown) => log.error({ err: cause, queue: name, job: job.id }, 'job not given up'));
    }
  }

  return {
    async send(id, key, data) {
      await created;
      await boss.send(name, data, { id, singletonKey: key });
      if (worker !== undefined) boss.notifyWorker(worker);
    },

    async start(abandoned = []) {
      await created;
      for (const id of abandoned) await boss.fail(name, id);
      worker = await boss.work<Data>(
        name,
        { pollingIntervalSeconds: POLL_SECONDS, localConcurrency: options.concurrency, batchSize: 1, includeMetadata: true },
        async (jobs) => {
          for (const job of jobs) await once(job);
        },
      );
    },
  };
}

/** The id of a job from any text, always the same: pg-boss takes UUIDs alone. */
export function jobId(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `5${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
}
