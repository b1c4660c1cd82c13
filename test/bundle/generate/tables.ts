// Tables that sources of a made-up folder name.
import type { SourceTables } from '../../../src/bundle/model/bundle.ts';

export const ETL = '/Workspace/Users/ana@acme.example/etl';

export const writes = (task: string, ...parts: string[]): SourceTables => ({ path: `${ETL}/${task}`, tables: [{ changes: true, parts }] });
export const reads = (task: string, ...parts: string[]): SourceTables => ({ path: `${ETL}/${task}`, tables: [{ changes: false, parts }] });
