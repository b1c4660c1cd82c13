// A workspace stand-in over real HTTP with files put in by a line each, and the client of one of its people.
import { test } from 'vitest';
import { createWorkspace } from '../../src/databricks/workspace.ts';
import { createDatabricksStandIn, type DatabricksStandInOptions } from '../../src/playground/databricks/stand-in.ts';
import { systemClock } from '../../src/values/clock.ts';
import { createLogger } from '../../src/values/log.ts';

export const HOME = '/Users/ana@acme.example';
const HEADER = { PYTHON: '# Databricks notebook source', SQL: '-- Databricks notebook source' };

/** Stand-in and client go by the `clock` of the options. */
async function createRig(options: DatabricksStandInOptions) {
  const far = await createDatabricksStandIn(options);
  const { files } = far.workspace;
  const put = (path: string, entry: Parameters<typeof files.put>[1]) => {
    files.mkdirs(path.replace(/\/[^/]*$/, ''));
    files.put(path, entry);
  };
  return {
    far,
    as(userName = 'ana@acme.example', token = far.tokenFor(userName)) {
      const { clock = systemClock } = options;
      return createWorkspace({ host: far.url, token: async () => token, clock, log: createLogger({ level: 'silent' }) });
    },
    file(path: string, content: string | Uint8Array = '') {
      put(path, { type: 'FILE', read: () => Buffer.from(content) });
    },
    /** A source notebook of cells; lines that begin with % are magic. */
    notebook(path: string, cells: readonly string[] = [], language: 'PYTHON' | 'SQL' = 'PYTHON') {
      const comment = language === 'SQL' ? '--' : '#';
      const text = cells.map((cell) => cell.replace(/^(?=%)/gm, `${comment} MAGIC `)).join(`\n\n${comment} COMMAND ----------\n\n`);
      put(path, { type: 'NOTEBOOK', language, format: 'SOURCE', read: () => Buffer.from(`${HEADER[language]}\n${text}\n`) });
    },
    jupyter(path: string, source: string) {
      const text = JSON.stringify({
        cells: [{ cell_type: 'code', metadata: {}, outputs: [], source: [source] }],
        metadata: {},
        nbformat: 4,
        nbformat_minor: 5,
      });
      put(path, { type: 'NOTEBOOK', language: 'PYTHON', format: 'JUPYTER', read: () => Buffer.from(text) });
    },
    /** Requests to a route in this test, as `path=` of their query. */
    asked(route: string): string[] {
      return far.requests.filter((one) => one.path === route).map((one) => new URLSearchParams(one.search).get('path') ?? '');
    },
  };
}

type Rig = Awaited<ReturnType<typeof createRig>>;

/** Tests that share a rig within their file; `seed`: what its workspace holds. Each begins with an empty journal and without faults. */
export function databricksTest(options: DatabricksStandInOptions = {}, seed?: (rig: Rig) => void) {
  return test
    .extend('rig', { scope: 'file' }, async ({}, { onCleanup }) => {
      const rig = await createRig(options);
      onCleanup(() => rig.far.close());
      seed?.(rig);
      return rig;
    })
    .extend('faults', { auto: true }, ({ rig }, { onCleanup }) => {
      rig.far.requests.length = 0;
      onCleanup(() => rig.far.faults.clear());
      return rig.far.faults;
    });
}

/** The most requests in any window of `ms`, by when they came in. */
export function mostWithin(moments: readonly number[], ms: number): number {
  const sorted = [...moments].sort((a, b) => a - b);
  return Math.max(0, ...sorted.map((from, i) => sorted.slice(i).filter((at) => at - from < ms).length));
}
