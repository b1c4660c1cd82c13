// Versions that a button makes: with what was edited in the workspace, another way for the original, other places for a copy's data, or at the place that its target has by now.
import { nameOf } from '../bundle/data/names.ts';
import { chooseOriginal } from '../bundle/edit/choose-original.ts';
import { dataOfCopy, moveData } from '../bundle/edit/move-data.ts';
import type { Bundle } from '../bundle/model/bundle.ts';
import { shortName } from '../bundle/proof/resolve-offline.ts';
import { offeredTarget } from '../bundle/yaml/describe-tree.ts';
import type { DeploymentProposal } from '../deployment/approval/deployment-proposal.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { Identities, Identity } from '../identity/identities.ts';
import type { ConversationRow } from '../storage/conversations.ts';
import type { Storage } from '../storage/storage.ts';
import { UserError } from '../values/errors.ts';
import type { createDataAnswers } from './story/data-answer.ts';
import { diffVersions } from './story/file-changes.ts';
import type { Thread, ThreadMessage } from './thread-port.ts';

/** Another way with the original of a first production deployment, as a new version. */
export const WAYS = ['bind', 'beside', 'replace'] as const;
type Way = (typeof WAYS)[number];
/** `edits` takes what somebody edited in the workspace into the bundle, `data` has a copy write where its person has answered. */
export type VersionKind = Way | 'edits' | 'data';

interface As {
  readonly conversation: ConversationRow;
  readonly identity: Identity;
  readonly team: string;
  readonly slackUser: string;
}

export function createAskedVersions(deps: {
  rows: Pick<Storage, 'conversations' | 'bundlesIn'>;
  deployment: Pick<Deployment, 'approvals' | 'takeEdits' | 'movePlace'>;
  answers: Pick<ReturnType<typeof createDataAnswers>, 'answered'>;
  identities: Pick<Identities, 'token'>;
  thread: Pick<Thread, 'whisper'>;
  deliver: (id: string, conversation: ConversationRow, message: ThreadMessage) => Promise<void>;
  /** Says a card of its own with a fresh plan of a version. */
  plan: (id: string, as: As, version: { number: number; bundleDigest: string; target?: string | undefined }) => Promise<void>;
}) {
  const { rows, deliver } = deps;
  const { approvals, takeEdits, movePlace } = deps.deployment;

  /** A plan of which this person may make another version, with the files that it would overwrite although somebody edited them; or why not, in words. */
  async function changeable(proposalId: string, by: Identity): Promise<{ proposal: DeploymentProposal; paths: string[] } | string> {
    const proposal = await approvals.get(proposalId);
    if (proposal?.state !== 'open') return 'This plan is not open any more. Use the newest card.';
    if (proposal.host !== by.host || proposal.userName.toLowerCase() !== by.userName.toLowerCase())
      return `This plan was made as ${proposal.userName}. Press Plan again on a card, or ask me here, for one of your own.`;
    const edited = (proposal.release?.files ?? []).filter(({ byHand, change }) => byHand && change === 'changed');
    return { proposal, paths: edited.map(({ path }) => path) };
  }

  async function storedWhole({ id }: ConversationRow, digest: string) {
    const bundles = rows.bundlesIn(id);
    const stored = await bundles.load(digest);
    const definition = stored?.definitionId === undefined ? undefined : await bundles.loadDefinition(stored.definitionId);
    if (stored === undefined || definition === undefined) throw new Error(`bundle ${digest} is not stored whole`);
    return { ...stored, definition };
  }

  /** Stores a version that was made of another one, and says what is in it. */
  async function tell(
    id: string,
    { conversation, slackUser }: As,
    { from, made, text }: { readonly from: Awaited<ReturnType<typeof storedWhole>>; readonly made: Bundle; readonly text: string },
  ): Promise<void> {
    await rows.bundlesIn(conversation.id).save(made, { parent: from.bundle.digest, definitionId: from.definitionId });
    await deliver(`${id}/reply`, conversation, { kind: 'reply', to: slackUser, text, changes: diffVersions(from.bundle, made) });
    await rows.conversations.addVersion(conversation.id, { askedId: id }, made.digest);
  }

  /** The zip and the card of the version that this press has made; false where it has made none. */
  async function show(id: string, as: As, target: string | undefined): Promise<boolean> {
    const { conversation, identity } = as;
    const version = (await rows.conversations.versions(conversation.id)).find(({ askedId }) => askedId === id);
    if (version === undefined) return false;
    const { number, bundleDigest } = version;
    const { host, userName } = identity;
    await deliver(`${id}/archive`, conversation, {
      kind: 'archive',
      to: as.slackUser,
      version: number,
      bundleDigest,
      as: { host, userName },
    });
    await deps.plan(id, as, { number, bundleDigest, target });
    return true;
  }

  /** Stores the version and says what is in it; answers words where there can be none. */
  async function make(id: string, as: As, proposalId: string, kind: VersionKind): Promise<string | undefined> {
    const { identity, slackUser, team } = as;
    const found = await changeable(proposalId, identity);
    if (typeof found === 'string') return found;
    const { bundleDigest, target, version, release } = found.proposal;
    const stored = await storedWhole(as.conversation, bundleDigest);
    const token = (refused?: string) => deps.identities.token({ team, user: slackUser }, { refused });
    if (kind === 'data') return await moveCopy(id, as, { version, target, stored });
    if (kind !== 'edits' && release?.original?.ways.includes(kind) !== true) return 'That does not fit this plan. Use the newest card.';
    const made =
      kind === 'edits'
        ? await takeEdits({ bundle: stored.bundle, target, paths: found.paths, ...identity, token })
        : chooseOriginal(stored.bundle, stored.definition, target, kind);
    if ('problem' in made) return `${made.problem} ${made.next}`;
    const edited = `with what was edited in ${target}: ${found.paths.map((path) => `\`${path}\``).join(', ')}`;
    const what = kind === 'edits' ? edited : `with another way for the original in \`${target}\`: ${WAY_WORDS[kind]}`;
    await tell(id, as, { from: stored, made, text: `This is version ${version} ${what}.` });
    return undefined;
  }

  /** The same of one whose copy writes where this person has answered. */
  async function moveCopy(
    id: string,
    as: As,
    { version, target, stored }: { version: number; target: string; stored: Awaited<ReturnType<typeof storedWhole>> },
  ): Promise<string | undefined> {
    const place = await deps.answers.answered(stored.bundle, target, as.identity);
    const made = place === undefined ? stored.bundle : moveData(stored.bundle, target, place);
    if (made.digest === stored.bundle.digest) return 'This copy writes there already.';
    const { schema, catalog } = dataOfCopy(made, target)?.place ?? {};
    const named = (what: string, name: string | undefined) =>
      name === undefined ? [] : [`${what} \`${nameOf(name, shortName(as.identity.userName))}\``];
    const where = [...named('schema', schema), ...named('catalog', catalog)].join(' in ') || 'where production does';
    const text = `This is version ${version} with a copy in \`${target}\` that writes to ${where}. I keep that for your next copies.`;
    await tell(id, as, { from: stored, made, text });
    return undefined;
  }

  return {
    changeable,

    /** A new version of a plan's, its zip and its card; or words for whoever asked. */
    async change(id: string, as: As, proposalId: string, kind: VersionKind): Promise<void> {
      const target = (await approvals.get(proposalId))?.target;
      if (await show(id, as, target)) return;
      const words = await make(id, as, proposalId, kind);
      if (words !== undefined) return deps.thread.whisper(as.conversation, as.slackUser, words);
      await show(id, as, target);
    },

    /** The same of a version whose target can't lie where it says any more; false where it can. */
    async move(id: string, as: As, version: { number: number; bundleDigest: string; target?: string | undefined }): Promise<boolean> {
      if (await show(id, as, version.target)) return true;
      const stored = await storedWhole(as.conversation, version.bundleDigest);
      const target = version.target ?? offeredTarget(stored.bundle);
      if (target === undefined) return false;
      const { host, userName } = as.identity;
      // What can't be read, its card says.
      const moved = await movePlace({ bundle: stored.bundle, definition: stored.definition, target, host, userName }).catch(
        unlessForPeople,
      );
      if (moved === undefined) return false;
      const where = moved.continues ? `with \`${target}\` where it already lies` : `with a folder of its own for \`${target}\``;
      const text = `This is version ${version.number} ${where}: \`${moved.rootPath}\`.`;
      await tell(id, as, { from: stored, made: moved.bundle, text });
      return await show(id, as, version.target);
    },
  };
}

function unlessForPeople(error: unknown): undefined {
  if (!(error instanceof UserError)) throw error;
}

const WAY_WORDS: Record<Way, string> = {
  bind: 'it is taken over',
  beside: 'a copy stands beside it, paused',
  replace: 'a copy stands beside it, and deploying pauses the original',
};
