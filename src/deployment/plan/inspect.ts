// What the CLI says of a bundle without changing anything: that it is valid, what a deploy would do, and what is deployed.
import type { Bundle } from '../../bundle/model/bundle.ts';
import type { NoProof } from '../../bundle/proof/proof.ts';
import { UserError } from '../../values/errors.ts';
import { isObject, type JsonObject, objectOf } from '../../values/json.ts';
import type { OnWait, TokenSource } from '../../values/patience.ts';
import { textOf } from '../../values/text.ts';
import type { Cli } from '../cli/open-bundle.ts';
import { holdsSecrets, notAllowed } from '../policy/refusals.ts';
import { summarizePlan } from './summarize-plan.ts';

export type Inspection = Awaited<ReturnType<typeof look>>;

export interface InspectInput {
  readonly command: 'validate' | 'plan' | 'summary';
  readonly bundle: Bundle;
  readonly target: string;
  readonly host: string;
  readonly userName: string;
  readonly token: TokenSource;
  /** Shown that Databricks is waited for. */
  readonly onWait?: OnWait | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Answers NoProof (with words) where there is no CLI, the bundle is refused, or the CLI refuses. Rejects when aborted. */
export async function inspect(cli: Cli, input: InspectInput): Promise<Inspection | NoProof> {
  const { command, bundle, host, token, onWait, signal } = input;
  // A plan is asked for in order to deploy, which a bundle with secrets in it may not be.
  const refused = notAllowed(bundle.files) ?? (command === 'plan' ? holdsSecrets(bundle) : undefined);
  const no = refused?.words ?? (await cli.missing());
  if (no !== undefined) return no;
  const opened = { files: bundle.files, host, token, onWait, signal };
  return look(cli, opened, input).catch(wordsOf);
}

/** The words of an error that is meant for people; throws every other. */
export function wordsOf(error: unknown): NoProof {
  if (!(error instanceof UserError)) throw error;
  return { problem: error.words.problem, next: error.words.next };
}

/**
 * The mode of a target (such as `development`), the folder in the workspace that it is deployed to, the CLI's warnings in its words, and the
 * resources. Names are foreign text.
 */
async function look(cli: Cli, opened: Parameters<Cli['open']>[0], { command, target, userName }: InspectInput) {
  const { resolved, warnings } = await cli.resolve({ ...opened, target, userName });
  const found = command === 'summary' ? await cli.open(opened, (open) => open.summary(target)) : resolved;
  const planned = command === 'plan' ? await cli.open(opened, (open) => open.plan(target)) : undefined;
  return {
    mode: textOf(objectOf(resolved.bundle).mode),
    root: textOf(objectOf(resolved.workspace).root_path),
    warnings,
    resources: resourcesOf(found),
    plan: planned && summarizePlan(planned.plan),
  };
}

/** `id` and `url` only where a resource is deployed, which only a summary says. */
function resourcesOf({ resources }: JsonObject) {
  return Object.entries(objectOf(resources)).flatMap(([type, group]) =>
    Object.entries(objectOf(group)).flatMap(([key, value]) => {
      if (!isObject(value)) return [];
      const name = textOf(value.name) ?? textOf(value.display_name);
      return [{ type, key, name, id: textOf(value.id), url: textOf(value.url) }];
    }),
  );
}
