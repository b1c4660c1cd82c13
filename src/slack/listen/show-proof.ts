// The button of a proof: the whole of it for people who may read what it is about themselves, its line for everybody else.
import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { Conversation } from '../../conversation/conversation.ts';
import type { Identities } from '../../identity/identities.ts';
import { UserError } from '../../values/errors.ts';
import { slackError } from '../thread/poster.ts';
import { renderWords } from '../views/answers.ts';
import { renderProofLine, renderProofModal } from '../views/proof-modal.ts';
import type { WorkspaceLookup } from './answer-command.ts';
import type { Whisper } from './whisper.ts';

export interface ShowProofDeps {
  readonly client: WebClient;
  readonly conversation: Pick<Conversation, 'proof'>;
  readonly identities: Pick<Identities, 'of'>;
  readonly lookup: Pick<WorkspaceLookup, 'jobName' | 'requireFolder'>;
}

/** What the button carries. Whether somebody may see it is asked anew. */
const Value = z.object({ conversationId: z.string(), digest: z.string(), host: z.string(), userName: z.string() });

export async function showProof(
  { client, conversation, identities, lookup }: ShowProofDeps,
  { value, team, user, triggerId }: { value: string; team: string; user: string; triggerId: string },
  whisper: Whisper,
): Promise<void> {
  const { conversationId, digest: bundleDigest, ...as } = Value.parse(JSON.parse(value));
  const found = await conversation.proof({ conversationId, bundleDigest, as });
  if (found === undefined) {
    await whisper(renderWords('There is no proof for this version.'));
    return;
  }
  const { proof, line, subject } = found;
  const what = 'jobId' in subject ? `job ${subject.jobId}` : `the folder ${subject.folder}`;
  // A modal can be opened for three seconds only, and Databricks may take longer.
  const { view } = await client.views.open({
    trigger_id: triggerId,
    view: renderProofLine(line, `Asking Databricks whether you may read ${what} …`),
  });

  /** Why this person gets no more than the line. */
  async function refusal(): Promise<string | undefined> {
    if ((await identities.of({ team, user })) === undefined) return 'You are not connected to Databricks: `/dab connect` does it.';
    try {
      if ('jobId' in subject) await lookup.jobName({ team, user }, subject.jobId);
      else await lookup.requireFolder({ team, user }, subject.folder);
      return undefined;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return error.words.problem;
    }
  }

  const no = await refusal();
  const words = `All settings are shown to people who may read ${what} themselves. ${no} ${as.userName} made this proof and can show it to you.`;
  if (view?.id === undefined) throw new Error('Slack opened a modal without an id.');
  const shown = no === undefined ? renderProofModal(proof, line) : renderProofLine(line, words);
  await client.views.update({ view_id: view.id, view: shown }).catch((error: unknown) => {
    // They have closed it meanwhile.
    if (slackError(error) !== 'not_found') throw error;
  });
}
