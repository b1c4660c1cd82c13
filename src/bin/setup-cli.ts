// `npm run setup:cli`: finds or prepares the Databricks CLI and shows how far it is; with --optional it never fails.
import { loadCliConfig } from '../config/load.ts';
import { type CliStatus, createCliLocator, type LocatorOptions } from '../deployment/install/locate.ts';
import { createLogger } from '../values/log.ts';

/** Finds or prepares the CLI; `show` gets a line for every step. Answers the last status. */
export async function setupCli(options: Omit<LocatorOptions, 'allowSetup'> & { show: (line: string) => void }): Promise<CliStatus> {
  const locator = createCliLocator({ ...options, allowSetup: true });
  let shown = '';
  locator.onChange((status) => {
    if (status.state !== 'preparing') return;
    // A line for every tenth, not for every percent.
    const tenth = status.percent === undefined ? '' : ` ${Math.floor(status.percent / 10) * 10}%`;
    const line = `Databricks CLI: ${status.percent === undefined ? status.doing : status.doing.replace(/^downloading.*/, 'downloading')}${tenth}`;
    if (line !== shown) options.show(line);
    shown = line;
  });
  await locator.ready();
  return locator.status();
}

// Not import.meta.main: Databricks Apps run Node 22.16, which does not have it (facts: libraries#node-and-npm).
if (process.argv[1] === import.meta.filename) {
  const optional = process.argv.includes('--optional');
  const show = (line: string) => void process.stdout.write(`${line}\n`);
  const status = await setupCli({ ...loadCliConfig(), log: createLogger({ level: 'silent' }), show });
  if (status.state === 'ready') show(`Databricks CLI ${status.version}: ${status.path}`);
  else if (status.state === 'unavailable') {
    show(`\n*** ${status.problem}\n*** ${status.next}`);
    if (optional) show('*** Going on without it: what needs the real CLI is skipped (tests) or says so (proof, plan, deploy).\n');
    else process.exitCode = 1;
  }
}
