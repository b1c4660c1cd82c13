// What round trips share: the converter's own deploy with the real CLI, and stand-in workspaces to deploy to.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'vitest';
import type { Bundle } from '../../src/bundle/model/bundle.ts';
import { createWorkspace } from '../../src/databricks/workspace.ts';
import { createCli } from '../../src/deployment/cli/open-bundle.ts';
import { entriesOf } from '../../src/deployment/cli/plan-json.ts';
import { createDirectDeployer } from '../../src/deployment/execute/deploy-directly.ts';
import { createDatabricksStandIn, type DatabricksStandInOptions } from '../../src/playground/databricks/stand-in.ts';
import { systemClock } from '../../src/values/clock.ts';
import { UserError } from '../../src/values/errors.ts';
import { type JsonObject, stringifyJson } from '../../src/values/json.ts';
import { ANA, log } from '../deployment/rig.ts';
import { LOCATOR } from '../located-cli.ts';

function createRoundtrip() {
  const scratchDir = mkdtempSync(join(tmpdir(), 'dab-roundtrip-'));
  const cli = createCli({ locator: LOCATOR, scratchDir, clock: systemClock, log });
  return {
    /** An empty workspace, or one that is loaded. */
    async workspace(options: DatabricksStandInOptions = { seed: false }) {
      const standIn = await createDatabricksStandIn(options);
      const login = { host: standIn.url, token: async () => standIn.tokenFor(ANA) };
      const workspace = createWorkspace({ ...login, log });
      return {
        standIn,
        workspace,
        /** As the command line deploys; a refusal is thrown in the bot's words. */
        async deploy(bundle: Bundle, target: string, onLine: (line: string) => void = () => {}) {
          const result = await createDirectDeployer({ cli, workspace, login, clock: systemClock, log }).deploy(bundle, target, onLine);
          if (result.kind === 'refused') throw new UserError({ doing: `Deploying to ${target}`, ...result.refusal.words });
          return result;
        },
        /** What a second deployment would do, though nothing has changed; a flag of requests alone makes CLI 1.9.0 edit pipelines each time. */
        async replan(bundle: Bundle, target: string): Promise<string[]> {
          const { plan } = await cli.open({ files: bundle.files, ...login }, (open) => open.plan(target));
          return entriesOf(plan).flatMap(({ node, action, changes }) => {
            const paths = changes.map(({ path }) => path);
            return action === 'skip' || paths.join() === 'allow_duplicate_names' ? [] : [`${target}: ${action} ${node} ${paths.join()}`];
          });
        },
        validate: (bundle: Bundle, target: string) => cli.open({ files: bundle.files, ...login }, (open) => open.validate(target)),
        /** Paths below a deployment that jobs and pipelines name though nothing is there. */
        brokenPaths(): string[] {
          const { jobs, pipelines, files } = standIn.workspace;
          const all = [...[...jobs.values()].map(({ settings }) => settings), ...pipelines.values()].map(stringifyJson).join('\n');
          const named = all.match(/\/Workspace\/Users\/[^"]+\/\.bundle\/[^"]+/g) ?? [];
          return [...new Set(named.map((path) => path.replace(/\/\*\*$/, '')))].filter((path) => files.get(path) === undefined);
        },
        /** What the CLI warns of where the settings stand in a bundle as they are. */
        async inherentWarnings(settings: JsonObject): Promise<string[]> {
          const text = stringifyJson({ bundle: { name: 'control' }, resources: { jobs: { control: settings } }, targets: { prod: {} } });
          const files = [{ path: 'databricks.yml', bytes: Buffer.from(text) }];
          return (await cli.open({ files, ...login }, (open) => open.validate('prod'))).warnings;
        },
        [Symbol.asyncDispose]: () => standIn.close(),
      };
    },
    close: () => rmSync(scratchDir, { recursive: true, force: true }),
  };
}

export type Far = Awaited<ReturnType<ReturnType<typeof createRoundtrip>['workspace']>>;

/** Tests with an empty workspace each. */
export const roundtripTest = test
  .extend('trip', { scope: 'file' }, ({}, { onCleanup }) => {
    const trip = createRoundtrip();
    onCleanup(trip.close);
    return trip;
  })
  .extend('far', async ({ trip }, { onCleanup }) => {
    const far = await trip.workspace();
    onCleanup(() => far[Symbol.asyncDispose]());
    return far;
  });
