// What the CLI says of a bundle without changing anything: that it is valid, what a deploy would do, and what is deployed.
import type { Bundle } from '../../bundle/model/bundle.ts';
import type { NoProof } from '../../bundle/proof/proof.ts';
import { UserError } from '../../values/errors.ts';
import { isObject, type JsonObject, objectOf } from '../../values/json.ts';
import { textOf } from '../../values/text.ts';
import type { PlanSummary } from '../approval/deployment-proposal.ts';
import type { Cli, OpenCli } from '../cli/open-bundle.ts';
import { holdsSecrets, notAllowed } from '../policy/refusals.ts';
import { sameUser } from './same-user.ts';
import { summarizePlan } from './summarize-plan.ts';

type InspectCommand = 'validate' | 'plan' | 'summary';

/** A resource as a target resolves it. `id` and `url` only where it is deployed, which only a summary says. Names are foreign text. */
interface InspectedResource {
  readonly type: string;
  readonly key: string;
  readonly name?: string | undefined;
  readonly id?: string | undefined;
  readonly url?: string | undefined;
}

export interface Inspection {
  /** Such as `development`. */
  readonly mode?: string | undefined;
  /** The folder in the workspace that the target is deployed to. */
  readonly root?: string | undefined;
  /** The CLI's words. */
  readonly warnings: readonly string[];
  readonly resources: readonly InspectedResource[];
  readonly plan?: Omit<PlanSummary, 'notes'> | undefined;
}

export interface InspectInput {
  readonly command: InspectCommand;
  readonly bundle: Bundle;
  readonly target: string;
  readonly host: string;
  readonly userName: string;
  readonly token: string;
  readonly signal?: AbortSignal | undefined;
}

/** Answers NoProof (with words) where there is no CLI, the bundle is refused, or the CLI refuses. Rejects when aborted. */
export async function inspect(cli: Cli, input: InspectInput): Promise<Inspection | NoProof> {
  const { command, bundle, target, host, userName, token, signal } = input;
  // A plan is asked for in order to deploy, which a bundle with secrets in it may not be.
  const refused = notAllowed(bundle.files) ?? (command === 'plan' ? holdsSecrets(bundle) : undefined);
  const no = refused?.words ?? (await cli.missing());
  if (no !== undefined) return no;
  try {
    return await cli.open({ files: bundle.files, host, token, signal }, (open) => look(open, command, target, userName));
  } catch (error) {
    if (error instanceof UserError) return { problem: error.words.problem, next: error.words.next };
    throw error;
  }
}

async function look(open: OpenCli, command: InspectCommand, target: string, userName: string): Promise<Inspection> {
  const { resolved, warnings } = await open.validate(target);
  sameUser(resolved, userName, target);
  const found = command === 'summary' ? await open.summary(target) : resolved;
  const workspace = objectOf(resolved.workspace);
  return {
    mode: textOf(isObject(resolved.bundle) ? resolved.bundle.mode : undefined),
    root: textOf(workspace.root_path),
    warnings,
    resources: resourcesOf(found),
    ...(command === 'plan' ? { plan: summarizePlan((await open.plan(target)).plan) } : {}),
  };
}

function resourcesOf({ resources }: JsonObject): InspectedResource[] {
  const groups = isObject(resources) ? Object.entries(resources) : [];
  return groups.flatMap(([type, group]) =>
    Object.entries(objectOf(group)).flatMap(([key, value]) => {
      if (!isObject(value)) return [];
      const name = textOf(value.name) ?? textOf(value.display_name);
      return [{ type, key, name, id: textOf(value.id), url: textOf(value.url) }];
    }),
  );
}
