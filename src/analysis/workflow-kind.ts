// Guesses what kind of work a source does, with the reasons, so that people can see why.
import type { Facts } from './source/facts.ts';

export type WorkflowKind = 'ingestion' | 'transformation' | 'machine learning' | 'streaming' | 'pipeline (DLT)' | 'maintenance' | 'utility';

interface WorkflowGuess {
  readonly kind: WorkflowKind;
  /** In words, such as `it trains a model`. */
  readonly reasons: readonly string[];
}

/** The first kind that fits, from the most telling sign to the least. */
export function guessKind(facts: Facts): WorkflowGuess {
  const { signs, read, written, maintained, pathsWritten } = facts;
  const writes = written.size > 0 || pathsWritten.size > 0;
  // What a source reads after it wrote it is no source of its own.
  const brings = writes && [...read].every((table) => written.has(table));
  const tables = (set: ReadonlySet<string>) => (set.size === 1 ? '1 table' : `${set.size} tables`);
  const does: readonly (readonly [WorkflowKind, readonly (string | false)[]])[] = [
    ['pipeline (DLT)', [signs.has('pipeline') && 'it declares tables of a pipeline']],
    ['streaming', [signs.has('streams') && 'it reads or writes a stream']],
    ['machine learning', [signs.has('trains') && 'it trains, tracks or loads a model']],
    ['maintenance', [maintained.size > 0 && !writes && `it maintains ${tables(maintained)} and writes no rows`]],
    [
      'ingestion',
      [
        signs.has('reads files') && brings && 'it reads files',
        signs.has('reads a database') && brings && 'it reads another database',
        signs.has('calls an API') && brings && 'it calls an API',
        facts.pathsRead.size > 0 && !signs.has('reads files') && brings && 'it reads paths and writes what it read',
      ],
    ],
    [
      'transformation',
      [
        read.size > 0 && `it reads ${tables(read)}`,
        written.size > 0 && `it writes ${tables(written)}`,
        writes && written.size === 0 && 'it writes files',
      ],
    ],
  ];
  for (const [kind, parts] of does) {
    const reasons = parts.filter((part) => part !== false);
    if (reasons.length > 0) return { kind, reasons };
  }
  const reason = signs.has('runs notebooks')
    ? 'it runs other notebooks'
    : signs.has('defines functions')
      ? 'it defines functions and touches no data'
      : 'it reads and writes no data that can be seen';
  return { kind: 'utility', reasons: [reason] };
}
