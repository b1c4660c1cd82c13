// Proposes writes: stores the exact arguments for a person to approve. Nothing here, and nothing it imports, carries a write out.
import { randomUUID } from 'node:crypto';
import type { Bundle } from '../../bundle/model/bundle.ts';
import { environmentOf } from '../../bundle/yaml/describe-tree.ts';
import type { Db } from '../../storage/db/db.ts';
import { createPlaceRows } from '../../storage/deployment-places.ts';
import { createProposalRows } from '../../storage/deployment-proposals.ts';
import { createWriteRows } from '../../storage/write-proposals.ts';
import type { Clock } from '../../values/clock.ts';
import { UserError } from '../../values/errors.ts';
import type { Logger } from '../../values/log.ts';
import type { TokenSource } from '../../values/patience.ts';
import { byHand } from '../approval/by-hand.ts';
import { LIMITS } from '../approval/limits.ts';
import { type AskedWrite, approvalMs, argumentsOf, subjectOf, Write } from '../approval/write.ts';
import { writeProposalOf } from '../approval/write-result.ts';
import type { Cli } from '../cli/open-bundle.ts';
import { sharedData } from '../data/shared-data.ts';
import { rootOf } from '../place/root-of.ts';
import { holdsSecrets, notAllowed } from '../policy/refusals.ts';
import { deployedResources } from './what-destroy-deletes.ts';

export interface PlanningDeps {
  readonly db: Db;
  readonly cli: Cli;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Whoever asks for a write: it will run as them, and they alone may approve it. */
interface Requester {
  readonly host: string;
  readonly userName: string;
  /** For the reads that a proposal needs (what a destroy would delete). */
  readonly token: TokenSource;
  /** The bundles that they may name. */
  readonly loadBundle: (digest: string) => Promise<Bundle | undefined>;
  readonly signal?: AbortSignal | undefined;
}

export type WriteProposals = ReturnType<typeof createWriteProposals>;
export type ProposedWrite = Awaited<ReturnType<WriteProposals['propose']>>;

export function createWriteProposals({ db, cli, clock, log }: PlanningDeps) {
  const rows = createWriteRows(db);
  const proposals = createProposalRows(db);
  const places = createPlaceRows(db);

  async function complete(asked: AskedWrite, by: Requester): Promise<Write> {
    if (!('bundle' in asked)) return parsed(asked);
    const bundle = await by.loadBundle(asked.bundle);
    if (bundle === undefined) throw refuse('There is no bundle with this bundle_id.', 'Use the bundle_id that the last tool answer names.');
    const named = { ...asked, bundle_name: bundle.name };
    switch (named.kind) {
      case 'upload_bundle':
        if (bundle.secrets.length > 0)
          throw refuse('The bundle holds hard-coded secrets, which an upload would spread.', 'Replace them by secret references first.');
        return parsed({ ...named, files: bundle.files.length });
      case 'deploy_bundle': {
        requireTarget(bundle, named.target);
        // Its plan would be refused; say so before the thread shows a card.
        const no = holdsSecrets(bundle)?.words;
        if (no !== undefined) throw refuse(no.problem, no.next);
        return parsed({ ...named, environment: environmentOf(bundle, named.target) });
      }
      case 'run_bundle': {
        requireTarget(bundle, named.target);
        const keys = bundle.resources.filter(({ type }) => type !== 'dashboards').map(({ key }) => key);
        if (!keys.includes(named.key))
          throw refuse('The bundle has no such job or pipeline.', `It can run: ${keys.join(', ') || 'nothing'}.`);
        const shared = await sharedData(bundle, named.target, by.userName);
        return parsed({ ...named, environment: environmentOf(bundle, named.target), ...(shared === undefined ? {} : { shared }) });
      }
      case 'destroy_bundle':
        requireTarget(bundle, named.target);
        return parsed({
          ...named,
          environment: environmentOf(bundle, named.target),
          resources: await toDestroy(bundle, named.target, by),
        });
    }
  }

  async function toDestroy(bundle: Bundle, target: string, by: Requester): Promise<string[]> {
    const no = notAllowed(bundle.files)?.words ?? (await cli.missing());
    if (no !== undefined) throw refuse(no.problem, no.next);
    const open = { files: bundle.files, host: by.host, token: by.token, signal: by.signal };
    const resources = await cli.open(open, (opened) => deployedResources(opened, target));
    if (resources.length === 0)
      throw refuse(`Nothing of this bundle is deployed to ${target} by ${by.userName}.`, 'There is nothing to destroy.');
    await refuseOriginals(bundle, target, by);
    if (resources.length > LIMITS.destroyed)
      throw refuse(
        `The deployment holds ${resources.length} resources, more than a card can show.`,
        'Destroy it with the Databricks CLI (bundle destroy).',
      );
    return resources;
  }

  /** What was taken over existed before the deployment: a destroy would delete it with its history (facts: cli#bind-unbind-and-destroy). */
  async function refuseOriginals(bundle: Bundle, target: string, { host, userName }: Requester): Promise<void> {
    const rootPath = rootOf(bundle, target, userName);
    const place = await places.at({ host, rootPath });
    const inBundle = bundle.adoption[target] === 'bind' ? bundle.resources : [];
    const known = new Map<string, string>(
      inBundle.flatMap(({ type, key, id }) => (id === undefined ? [] : [[`${type}.${key}`, id] as const])),
    );
    for (const [resource, id] of Object.entries(place?.adopted ?? {})) known.set(resource, id);
    const said = bundle.adoption[target] === 'bind' || (await proposals.boundAt({ host, rootPath, bundle: bundle.name, target }));
    if (known.size === 0 && !said) return;
    const named = [...known].map(([resource, id]) => {
      const [type = '', key = ''] = resource.split('.');
      return { key, words: `\`${key}\` is the original ${type.replace(/s$/, '')} ${id}` };
    });
    const unbind = named.map(({ key }) => `databricks bundle deployment unbind ${key} -t ${target}`).join('; ');
    throw refuse(
      `${named.map(({ words }) => words).join(', ') || 'This deployment has taken over jobs that existed before it'}: destroying this deployment would delete it with its history.`,
      `To keep it and end the deployment, unbind it first, in the unpacked bundle: ${unbind || `databricks bundle deployment unbind KEY -t ${target}`}. Then ask me again to destroy what is left.`,
    );
  }

  return {
    /**
     * Stores a write with its exact arguments and who it is for. Rejects with UserError where it can't be proposed. `id` goes into a tool's
     * structured answer as `proposal_id`: the thread of the turn shows it as a card; `exact` is what is stored, to the byte (`writeOf`).
     * Proposed again under the same `id`, nothing new is stored.
     */
    async propose(asked: AskedWrite, by: Requester, id: string = randomUUID()) {
      const write = await complete(asked, by);
      const { text, digest } = argumentsOf(write);
      const { host, userName } = by;
      const expiresAt = new Date(clock.now() + approvalMs(write));
      const bundle = write.kind === 'destroy_bundle' ? await by.loadBundle(write.bundle) : undefined;
      const rootPath = bundle && 'target' in write ? rootOf(bundle, write.target, userName) : undefined;
      const row = { host, userName, kind: write.kind, subject: subjectOf(write), arguments: text, digest, expiresAt, rootPath };
      await rows.insert({ id, ...row });
      // The arguments may hold anything: they are in the row, not in the log.
      log.info({ proposal: id, kind: write.kind, digest }, 'A write is proposed');
      return { id, text: words(id, write, userName, expiresAt), expiresAt, exact: { arguments: text, digest } };
    },
    /** Ties a proposal to the conversation it was made in. Does nothing where another one has it, or where it is somebody else's. */
    assign: rows.assign,
    /** What a turn has proposed, oldest first. */
    ofTurn: async (turnId: string) => (await rows.ofTurn(turnId)).map(writeProposalOf),
  };
}

/** For the model and for other hosts, made of our words and the caller's arguments alone. */
function words(id: string, write: Write, userName: string, expiresAt: Date): string {
  const until = `${expiresAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const { what, command } = byHand(write);
  return [
    `Proposed, and nothing has happened yet: ${what}, as ${userName}.`,
    `proposal_id: ${id}`,
    `In a Slack thread a card with a button follows below the answer; only a click of ${userName} runs it, once, until ${until}. Never say that it ran.`,
    `In another host no button exists; the person can do it with the Databricks CLI: ${command}`,
  ].join('\n');
}

function requireTarget(bundle: Bundle, target: string): void {
  if (!bundle.targets.includes(target)) throw refuse('The bundle has no such target.', `Its targets are: ${bundle.targets.join(', ')}.`);
}

function parsed(write: Write): Write {
  const result = Write.safeParse(write);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw refuse(
    `The arguments are not those of a write: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unknown'}.`,
    'Correct them and try again.',
  );
}

function refuse(problem: string, next: string): UserError {
  return new UserError({ doing: 'Proposing a write', problem, next });
}
