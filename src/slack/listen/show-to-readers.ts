// The buttons that open a proof or what a plan would change: the whole of it for people who may see it, its line for everybody else.
import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { Conversation } from '../../conversation/conversation.ts';
import { slackError } from '../bolt/passing.ts';
import { aboutOf } from '../thread/may-read.ts';
import type { SlackThread } from '../thread/thread.ts';
import { renderWords } from '../views/answers.ts';
import { renderChangesModal, renderHeadline } from '../views/modals/changes-modal.ts';
import { renderProofLine, renderProofModal } from '../views/modals/proof-modal.ts';
import type { Whisper } from './whisper.ts';

export interface ShowDeps {
  readonly client: WebClient;
  readonly conversation: Pick<Conversation, 'proof' | 'release'>;
  readonly thread: Pick<SlackThread, 'whoReads' | 'mayRead'>;
}

interface Pressed {
  readonly value: string;
  readonly team: string;
  readonly user: string;
  readonly channel: string;
  readonly triggerId: string;
  /** The modal that it is in. */
  readonly view?: { readonly id: string; readonly private_metadata: string } | undefined;
}

/** What the button carries. Whether somebody may see it is asked anew. */
const ProofValue = z.object({ conversationId: z.string(), digest: z.string(), host: z.string(), userName: z.string() });

/** For people who may read what it is about themselves. */
export async function showProof(
  { client, conversation, thread }: ShowDeps,
  { value, team, user, triggerId }: Pressed,
  whisper: Whisper,
): Promise<void> {
  const { conversationId, digest: bundleDigest, ...as } = ProofValue.parse(JSON.parse(value));
  const found = await conversation.proof({ conversationId, bundleDigest, as });
  if (found === undefined) {
    await whisper(renderWords('There is no proof for this version.'));
    return;
  }
  const { proof, line, subject } = found;
  const what = aboutOf(subject);
  await showToReaders(client, triggerId, {
    asking: renderProofLine(line, `Asking Databricks whether you may read ${what} …`),
    refusal: () => thread.mayRead({ team, user }, subject),
    refused: (no) =>
      renderProofLine(
        line,
        `All settings are shown to people who may read ${what} themselves. ${no} ${as.userName} made this proof and can show it to you.`,
      ),
    whole: () => renderProofModal(proof, line),
  });
}

/** For all where only the team reads, else for people who may read what it is about themselves. */
export async function showChanges(deps: ShowDeps, pressed: Pressed, whisper: Whisper): Promise<void> {
  const { client, thread } = deps;
  const { value, team, user, channel, triggerId, view } = pressed;
  const page =
    view === undefined ? { proposalId: value, page: 0 } : { proposalId: view.private_metadata, page: z.coerce.number().int().parse(value) };
  const found = await deps.conversation.release(page.proposalId);
  // What a button carries may be the plan of another thread, which others read: where it was pressed is Slack's word.
  if (found === undefined || (view === undefined && found.conversation.channel !== channel)) {
    await whisper(renderWords('What this plan would change is not kept any more. Press Plan again for a fresh one.'));
    return;
  }
  const { release, conversation } = found;
  const what = aboutOf(conversation.subject);
  const refusal = async () =>
    (await thread.whoReads(conversation)) === undefined ? undefined : thread.mayRead({ team, user }, conversation.subject);
  const refused = (no: string) => renderHeadline(release, `All of it is shown here to people who may read ${what} themselves. ${no}`);
  const whole = () => renderChangesModal(release, page);
  if (view === undefined)
    return showToReaders(client, triggerId, { asking: renderHeadline(release, 'Looking who may see the rest …'), refusal, refused, whole });
  const no = await refusal();
  await client.views.update({ view_id: view.id, view: no === undefined ? whole() : refused(no) });
}

type View = Parameters<WebClient['views']['open']>[0]['view'];

/** `refusal` says why this person gets no more than the line, undefined where they do. */
async function showToReaders(
  client: WebClient,
  triggerId: string,
  modal: {
    readonly asking: View;
    readonly refusal: () => Promise<string | undefined>;
    readonly refused: (no: string) => View;
    readonly whole: () => View;
  },
): Promise<void> {
  // A modal can be opened for three seconds only, and who may see it may take longer to find out.
  const { view } = await client.views.open({ trigger_id: triggerId, view: modal.asking });
  const no = await modal.refusal();
  if (view?.id === undefined) throw new Error('Slack opened a modal without an id.');
  await client.views.update({ view_id: view.id, view: no === undefined ? modal.whole() : modal.refused(no) }).catch((error: unknown) => {
    // They have closed it meanwhile.
    if (slackError(error) !== 'not_found') throw error;
  });
}
