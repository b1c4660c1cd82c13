// A worker's program that answers in which thread it is, and dies of a source whose path tells it to.
import { parentPort, threadId } from 'node:worker_threads';

parentPort?.on('message', ({ source }: { source: { path: string } }) => {
  if (source.path.includes('die')) process.exit(1);
  parentPort?.postMessage({ result: { path: source.path, cells: threadId } });
});
