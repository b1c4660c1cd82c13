// Durable work: one job at a time per key, resumed after a crash, drained on shutdown (pg-boss).
import type { PgBoss } from 'pg-boss';
import type { Logger } from '../log.ts';

/** A worker that stops answering for this long is taken for dead and its job handed on (pg-boss's minimum). */
const HEARTBEAT_SECONDS = 10;
/** Longest a job may run: a deploy's silent retries alone take 15 minutes (facts: cli 8). */
const EXPIRE_SECONDS = 3600;
/** How often an idle worker looks; a send wakes it at once. */
const POLL_SECONDS = 1;

export interface WorkQueue<Data extends object> {
  /** Adds a job unless one with this id is there; jobs of one key run one after the other. */
  send(id: string, key: string, data: Data): Promise<void>;
  /** Starts working; `abandoned` names jobs of a dead process that are known to be nobody's. */
  start(abandoned?: readonly string[]): Promise<void>;
}

export interface QueueOptions<Data extends object> {
  readonly name: string;
  /** How often a job that threw, or whose process died, is taken up again. */
  readonly retries: number;
  /** Jobs that run side by side. */
  readonly concurrency: number;
  /** Anything people should hear it says itself. */
  readonly work: (data: Data) => Promise<void>;
}

export type CreateQueue = <Data extends object>(options: QueueOptions<Data>) => WorkQueue<Data>;

export function createQueue<Data extends object>(boss: PgBoss, log: Logger, options: QueueOptions<Data>): WorkQueue<Data> {
  const { name } = options;
  let worker: string | undefined;
  const created = boss.createQueue(name, {
    policy: 'key_strict_fifo',
    retryLimit: options.retries,
    retryDelay: 1,
    heartbeatSeconds: HEARTBEAT_SECONDS,
    expireInSeconds: EXPIRE_SECONDS,
  });

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
        { pollingIntervalSeconds: POLL_SECONDS, localConcurrency: options.concurrency, batchSize: 1 },
        async (jobs) => {
          for (const job of jobs) {
            try {
              await options.work(job.data);
            } catch (error) {
              log.error({ err: error, queue: name, job: job.id }, 'job failed');
              throw error;
            }
          }
        },
      );
    },
  };
}
