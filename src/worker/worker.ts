// The program of the worker: does what apart.ts sends, one after the other, and answers it.
import { parentPort } from 'node:worker_threads';
import { analyze } from '../analysis/analyze.ts';
import { dependenciesOf } from '../analysis/dependencies.ts';
import type { Source } from '../bundle/model/bundle.ts';

const WORK = { analyze, dependenciesOf };

export type Work = typeof WORK;

export interface Sent {
  readonly work: keyof Work;
  readonly source: Source;
}

export type Answer = { readonly result: Awaited<ReturnType<Work[keyof Work]>> } | { readonly error: unknown };

async function answerTo({ work, source }: Sent): Promise<Answer> {
  try {
    return { result: await WORK[work](source) };
  } catch (error) {
    return { error };
  }
}

parentPort?.on('message', async (sent: Sent) => parentPort?.postMessage(await answerTo(sent)));
