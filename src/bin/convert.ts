// `npm run convert`: job definitions (from a workspace or from disk) become bundles with a proof; no Slack and no Claude.

import type { SignedIn } from '../command-line/command.ts';
import { parseOptions, USAGE } from '../command-line/options.ts';
import { readSubject } from '../command-line/read-subject.ts';
import { loadConverterConfig } from '../config/load.ts';
import { ConfigError, UserError } from '../values/errors.ts';

/** Progress goes to stderr, one line that is written over where somebody watches. */
const show = (line: string) => void process.stderr.write(process.stderr.isTTY ? `\r\u001b[K${line}` : `${line}\n`);

/** The answer goes to stdout, where the line of progress was. */
function say(line: string): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  process.stdout.write(`${line}\n`);
}

/**
 * The rest of the converter is loaded when the reading waits for the rate limit, or is done: loading holds this process up, and requests on
 * their way would wait for it.
 */
async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  const { devData, ...whose } = loadConverterConfig();
  const signedIn = await signIn(whose);
  const waiting = Promise.withResolvers<void>();
  const reading = signedIn && readSubject(signedIn.workspace, options, { show, onWait: waiting.resolve });
  // Whoever waits for it says what went wrong; until then nobody does, and Node would end the process.
  reading?.catch(() => undefined);
  if (reading !== undefined) await Promise.race([waiting.promise, reading.catch(() => undefined)]);
  const { carryOut } = await import('../command-line/command.ts');
  return await carryOut({ options, signedIn, devData, reading, show, say });
}

async function signIn({ host, token, teamFolder }: Omit<ReturnType<typeof loadConverterConfig>, 'devData'>): Promise<SignedIn | undefined> {
  if (host === undefined || token === undefined) return undefined;
  const { createWorkspace } = await import('../databricks/workspace.ts');
  const workspace = createWorkspace({ host, token: async () => token, log: { debug() {} } });
  return { login: { host, token: async () => token }, workspace, teamFolder };
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
