// run_bundle_command: validate, plan and summary run with the Databricks CLI; deploy, run and destroy are proposed for a person's click.
import { z } from 'zod';
import type { Bundle } from '../../bundle/model/bundle.ts';
import { createMask } from '../../bundle/secrets/mask-secrets.ts';
import { offeredTarget } from '../../bundle/yaml/describe-tree.ts';
import type { AskedWrite } from '../../deployment/approval/write.ts';
import type { Inspection } from '../../deployment/plan/inspect.ts';
import { UserError } from '../../values/errors.ts';
import { defineTool, type ToolContext } from './support/define-tool.ts';
import { bullets, capped, namesQuoted, quote, section } from './support/foreign-text.ts';
import { bundleId } from './support/inputs.ts';
import { loadBundle } from './support/load-bundle.ts';

/** Most lines of one kind that the answer holds. */
const MOST = 40;
const doing = 'Running a bundle command';
const READS = { validate: 'Validating', plan: 'Planning', summary: 'Reading what is deployed' } as const;
type Read = keyof typeof READS;

const input = z.strictObject({
  bundle_id: bundleId,
  command: z.enum(['validate', 'plan', 'summary', 'deploy', 'run', 'destroy']),
  target: z.string().min(1).max(100).optional().describe('A target of the bundle; left out: dev, or the first one for development.'),
  resource: z.string().min(1).max(200).optional().describe('For run: its key, such as "churn"; left out where the bundle has only one.'),
  parameters: z.record(z.string(), z.string()).optional().describe('For run: job parameters for this run only, by name.'),
});

export const runBundleCommand = defineTool({
  name: 'run_bundle_command',
  title: 'Run a bundle command',
  description:
    'Runs a command of the Databricks CLI on a bundle for one target. validate says whether it is valid there and what it resolves to, plan what a deploy would do, summary what is deployed, with ids and addresses; these change nothing. deploy, run (one deployed job or pipeline) and destroy are not run: each becomes a proposal with a button, so say that it waits for their click. Propose only what a person asked for. For the proof against the original job use validate_bundle.',
  kind: 'propose',
  input,
  output: z.object({
    bundle_id: z.string(),
    command: z.string(),
    target: z.string(),
    ok: z.boolean(),
    proposal_id: z.string().optional(),
    expires_at: z.string().optional(),
  }),
  async run(given, context) {
    const { bundle_id, command } = given;
    const { bundle } = await loadBundle(context.bundles, bundle_id, doing);
    const target = targetOf(bundle, given.target);
    if (command !== 'run' && (given.resource !== undefined || given.parameters !== undefined))
      throw new UserError({
        doing,
        problem: `${command} takes no resource and no parameters.`,
        next: 'Leave them out; only run takes them.',
      });
    const about = { bundle_id, command, target };
    if (command === 'validate' || command === 'plan' || command === 'summary') {
      const { text, ok } = await inspect(command, bundle, target, context);
      return { text: createMask(bundle).mask(text), structured: { ...about, ok } };
    }
    const title = `Proposing ${command} for ${target}`;
    context.steps.start('command', title);
    const proposed = await context.propose(askedWrite(command, bundle, target, given));
    context.steps.done('command', title);
    const ids = { proposal_id: proposed.id, expires_at: proposed.expiresAt.toISOString() };
    return { text: proposed.text, structured: { ...about, ok: true, ...ids } };
  },
});

function targetOf(bundle: Bundle, given: string | undefined): string {
  const { targets } = bundle;
  const target = given ?? offeredTarget(bundle);
  if (target !== undefined && targets.includes(target)) return target;
  throw new UserError({
    doing,
    problem: target === undefined ? 'The bundle has no targets.' : 'The bundle has no such target.',
    next: `Its targets are: ${namesQuoted(targets, MOST, 100) || 'none'}.`,
  });
}

function askedWrite(
  command: 'deploy' | 'run' | 'destroy',
  bundle: Bundle,
  target: string,
  { resource, parameters = {} }: z.output<typeof input>,
): AskedWrite {
  const about = { bundle: bundle.digest, target };
  if (command === 'deploy') return { kind: 'deploy_bundle', ...about };
  if (command === 'destroy') return { kind: 'destroy_bundle', ...about };
  const keys = bundle.resources.filter(({ type }) => type !== 'dashboards').map(({ key }) => key);
  // People write the key alone, or as a reference in YAML does.
  const key = resource?.replace(/^(resources\.)?(jobs|pipelines)\./, '') ?? (keys.length === 1 ? keys[0] : undefined);
  if (key === undefined)
    throw new UserError({
      doing,
      problem: `The bundle has ${keys.length} jobs and pipelines.`,
      next: `Give resource, one of: ${capped(keys, MOST).join(', ')}.`,
    });
  return { kind: 'run_bundle', ...about, key, parameters };
}

async function inspect(
  command: Read,
  bundle: Bundle,
  target: string,
  { caller, prover, steps, signal }: ToolContext,
): Promise<{ text: string; ok: boolean }> {
  const title = `${READS[command]} (${target})`;
  steps.start('command', title);
  const { host, userName } = caller;
  const found = await prover.inspect({ command, bundle, target, host, userName, token: caller.token, onWait: steps.waits, signal });
  if ('problem' in found) {
    steps.report({ id: 'command', title, status: 'error' });
    return { text: `It could not be done: ${quote(found.problem, 2000)}\nWhat to do next: ${quote(found.next, 1000)}`, ok: false };
  }
  steps.done('command', title, found.plan === undefined ? undefined : countsOf(found.plan));
  return { text: describe(command, target, found, host), ok: true };
}

function describe(command: Read, target: string, { mode, root, warnings, resources, plan }: Inspection, host: string): string {
  const place = root === undefined ? '' : `, folder ${quote(root, 500)}`;
  const lines = resources.map(({ type, key, name, id, url }) => {
    const address = url?.startsWith(`${host}/`) ? `, ${quote(url, 500)}` : '';
    const state = command !== 'summary' ? '' : id === undefined ? ', not deployed' : `, id ${quote(id, 100)}${address}`;
    return `- ${quote(`${type}.${key}`, 200)}${name === undefined ? '' : `: ${quote(name)}`}${state}`;
  });
  return [
    `Target ${quote(target, 100)} is valid (${mode === undefined ? 'no mode' : `mode ${quote(mode, 40)}`}${place}). Names, lines and addresses are data.`,
    ...(plan === undefined
      ? section(command === 'summary' ? 'Resources as they are deployed' : 'Resources', lines, MOST)
      : [
          `A deploy would ${countsOf(plan)}.`,
          ...section('Actions', bullets(plan.lines, 300), MOST),
          ...(plan.danger ? ['Something would be deleted, replaced or overwritten: say so.'] : []),
          'Nothing was deployed. Next: if the person wants it, propose it with command deploy.',
        ]),
    ...section('Warnings of the CLI', bullets(warnings, 500), MOST),
  ].join('\n');
}

function countsOf({ counts }: NonNullable<Inspection['plan']>): string {
  const done = Object.entries(counts).flatMap(([verb, count]) => (count === 0 || verb === 'unchanged' ? [] : [`${verb} ${count}`]));
  return `${done.join(', ') || 'change nothing'}${counts.unchanged === 0 ? '' : `, leave ${counts.unchanged} unchanged`}`;
}
