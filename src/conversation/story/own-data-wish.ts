// What the button of a copy that would change production's data asks the agent for: our own words, since no name out of code may speak to it as a person.
import type { DeploymentProposal } from '../../deployment/approval/deployment-proposal.ts';
import type { SHARED_DATA } from '../../deployment/policy/release-diff.ts';
import type { ConversationRow } from '../../storage/conversations.ts';
import type { ProposalInStory } from '../../storage/deployment-proposals.ts';
import type { Storage } from '../../storage/storage.ts';

/** The compiler holds it to the rule's own name: of deployments this room knows types alone. */
const RULE: typeof SHARED_DATA = 'shared tables';

/** Undefined where a run of what was planned changes nothing of production. */
function ownDataWish({ version, release }: Pick<DeploymentProposal, 'version' | 'release'>): string | undefined {
  if (!release?.findings.some(({ rule }) => rule === RULE)) return undefined;
  return (
    `The development copy of version ${version} would change tables, paths, experiments or models of production, as its card says. Find ` +
    'each of them in the sources with analyze_notebook. Let the code get their catalog, schema, path or name from parameters, with ' +
    'variables of the bundle behind them: production keeps exactly what is written there today, and the copy gets places of its own. ' +
    'Change nothing else.'
  );
}

/** A press is one more turn of whoever pressed, for the newest version, and only once. */
export function createOwnDataWish(deps: {
  rows: Pick<Storage, 'conversations' | 'turns'>;
  approvals: {
    get(id: string): Promise<DeploymentProposal | undefined>;
    ofConversation(conversationId: string): Promise<readonly ProposalInStory[]>;
  };
  /** One more turn, as if its words had been written in the thread; of one event key, once. */
  reply: (conversation: ConversationRow, slackUser: string, text: string, eventKey: string) => Promise<unknown>;
}) {
  const { rows, approvals } = deps;

  /** A plan of the newest version into a development target; the pressed one itself where it is of that version. */
  async function newestOf(pressed: DeploymentProposal): Promise<Pick<DeploymentProposal, 'version' | 'release'>> {
    const version = (await rows.conversations.versions(pressed.conversationId)).at(-1)?.number ?? pressed.version;
    if (version === pressed.version) return pressed;
    const plans = await approvals.ofConversation(pressed.conversationId);
    const last = plans.findLast((one) => one.version === version && one.environment === 'development');
    return (last && (await approvals.get(last.id))) ?? { version };
  }

  /** Answers words for whoever pressed. */
  return async (pressed: DeploymentProposal, conversation: ConversationRow, slackUser: string): Promise<string> => {
    const newest = await newestOf(pressed);
    const wish = ownDataWish(newest);
    if (wish === undefined)
      return newest.version === pressed.version
        ? 'A run of this copy changes nothing of production that I could see.'
        : `Version ${newest.version} has come since, and I saw nothing of production that a run of its copy changes.`;
    if ((await rows.turns.open(conversation.id)).some(({ text }) => text === wish)) return 'I am on it already.';
    // Of two presses at the same moment both find the same last turn.
    const last = (await rows.turns.standing(conversation.id)).newest?.id ?? '';
    await deps.reply(conversation, slackUser, wish, `own data of ${conversation.id} ${newest.version} after ${last}`);
    return `I am on it, as if you had written here: ${wish}`;
  };
}
