// `npm run convert`: job definitions (from a workspace or from disk) become bundles with a proof; no Slack and no Claude.

import type { Place } from '../command-line/command.ts';
import { type Options, parseOptions, USAGE } from '../command-line/options.ts';
import { loadConverterConfig } from '../config/load.ts';
import type { Read } from '../conversion/read-job.ts';
import { ConfigError, UserError } from '../values/errors.ts';
import { createLogger } from '../values/log.ts';

/** Progress goes to stderr, one line that is written over where somebody watches. */
const show = (line: string) => void process.stderr.write(process.stderr.isTTY ? `\r\u001b[K${line}` : `${line}\n`);

/** Reads while the rest of the converter is loaded: loading takes about as long as a workspace needs to answer. */
async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  const place = await openPlace();
  const read = place === undefined ? undefined : startReading(options, place);
  // Whoever waits for it says what went wrong; until then nobody does, and Node would end the process.
  read?.catch(() => undefined);
  const { run } = await import('../command-line/command.ts');
  return await run(options, place, read, show);
}

async function openPlace(): Promise<Place | undefined> {
  const { host, token } = loadConverterConfig();
  if (host === undefined || token === undefined) return undefined;
  const { createWorkspace } = await import('../databricks/workspace.ts');
  const workspace = createWorkspace({ host, token: async () => token, log: createLogger({ level: 'silent' }) });
  return { login: { host, token }, workspace };
}

function startReading({ from, ...options }: Options, { workspace }: Place): Promise<Read> | undefined {
  if ('file' in from) return undefined;
  if ('job' in from)
    return import('../conversion/read-job.ts').then(({ readJobWhole }) => readJobWhole(workspace, from.job, options, show));
  return import('../conversion/read-folder.ts').then(({ readFolderWhole }) => readFolderWhole(workspace, from.folder, show));
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof ConfigError) {
    process.stderr.write(`${error.problems.map((problem) => `convert: ${problem}`).join('\n')}\n\n${USAGE}`);
    process.exitCode = 2;
  } else if (error instanceof UserError) {
    process.stderr.write(`convert: ${error.message}\n`);
    process.exitCode = 1;
  } else throw error;
}
