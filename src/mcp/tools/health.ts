// health: whether the workspace answers, as whom, with which scopes and which CLI, and whether Jobs can be reached.
import { z } from 'zod';
import { UserError } from '../../values/errors.ts';
import { defineTool } from './support/define-tool.ts';
import { quote } from './support/foreign-text.ts';

/** Scopes that the answer names; more than Databricks has. */
const MOST_SCOPES = 50;

export const health = defineTool({
  name: 'health',
  title: 'Check the connection',
  description:
    'Says which workspace this is, as whom the tools act, which scopes the sign-in has, which Databricks CLI validates and deploys, and whether Jobs can be reached. Use it when calls fail, or when somebody asks who or where they are.',
  kind: 'read',
  input: z.strictObject({}),
  output: z.object({ workspace: z.string(), user: z.string().optional(), scopes: z.array(z.string()).optional(), jobs: z.boolean() }),
  async run(_input, { workspace, caller, prover, steps, signal }) {
    const title = 'Checking the connection';
    steps.start('health', title);
    const [who, jobs, judge] = await Promise.all([
      attempt(() => workspace.me(signal), signal),
      attempt(() => workspace.listJobs({ limit: 1 }, signal), signal),
      prover.judge(),
    ]);
    const scopes = scopesOf(await caller.token());
    steps.done('health', title);
    const user = 'value' in who ? who.value.userName : undefined;
    const text = [
      'The server of the tools answers.',
      `Workspace: ${caller.host}`,
      'value' in who
        ? `Acting as ${quote(who.value.userName)} (${quote(who.value.displayName)}).`
        : `Who this is could not be read: ${who.problem}`,
      scopes === undefined
        ? 'Scopes: not written in this kind of token; it may do what its user may.'
        : `Scopes of the sign-in: ${scopes.map((scope) => quote(scope)).join(', ') || 'none'}.`,
      `Bundles are validated and deployed by: ${judge}.`,
      'value' in jobs ? 'Jobs can be reached.' : `Jobs can’t be reached: ${jobs.problem} The sign-in may lack the scope for Jobs.`,
    ].join('\n');
    return {
      text,
      structured: {
        workspace: caller.host,
        ...(user === undefined ? {} : { user }),
        ...(scopes === undefined ? {} : { scopes }),
        jobs: 'value' in jobs,
      },
    };
  },
});

/** Here a failure is part of the answer, in our own words. */
async function attempt<T>(work: () => Promise<T>, signal: AbortSignal): Promise<{ value: T } | { problem: string }> {
  try {
    return { value: await work() };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof UserError) return { problem: `${error.words.problem} ${error.words.next}` };
    throw error;
  }
}

const Claims = z.object({ scope: z.string().optional(), scp: z.union([z.string(), z.array(z.string())]).optional() });

/** The scopes written in an OAuth access token (a JWT, RFC 9068); undefined for a token that is opaque. */
function scopesOf(token: string): string[] | undefined {
  const [, payload] = token.split('.');
  if (payload === undefined) return undefined;
  try {
    const { scope, scp } = Claims.parse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')));
    const written = scope ?? scp;
    const scopes = typeof written === 'string' ? written.split(' ') : written;
    return scopes?.filter((one) => one !== '').slice(0, MOST_SCOPES);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return undefined;
    throw error;
  }
}
