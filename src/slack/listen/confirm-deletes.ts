// The door of a typed confirmation: before something is deleted, the person who deploys types the name of the target.
import type { App } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { Conversation } from '../../conversation/conversation.ts';
import type { Logger } from '../../values/log.ts';
import { renderRefusal } from '../views/answers.ts';
import { CONFIRM_DELETES, renderConfirmDeletes, WORD } from '../views/modals/confirm-deletes-modal.ts';
import type { Connect } from './connect.ts';
import { whisperFailure, whisperIn } from './whisper.ts';

interface ConfirmDeps {
  readonly client: WebClient;
  readonly conversation: Pick<Conversation, 'decide' | 'doomed'>;
  readonly connect: Connect;
  readonly log: Logger;
}

/** Of our own modal; a submission may say anything: whether it is allowed is checked again. */
const Metadata = z.object({ proposalId: z.string(), channel: z.string(), threadTs: z.string() });
const Submitted = z.object({ [WORD.block]: z.object({ [WORD.action]: z.object({ value: z.string().nullish() }) }) });

/** Opens the question where something would be deleted, within the 3 seconds that a click may open a modal; answers whether it did. */
export async function askToConfirm(
  { client, conversation }: Pick<ConfirmDeps, 'client' | 'conversation'>,
  { proposalId, channel, triggerId }: { readonly proposalId: string; readonly channel: string; readonly triggerId: string },
): Promise<boolean> {
  const found = await conversation.doomed(proposalId);
  // A button may carry the plan of another thread; what that would delete is not said here.
  if (found?.channel !== channel) return false;
  const { target, doomed, ...where } = found;
  const view = renderConfirmDeletes({ target, doomed, metadata: JSON.stringify({ proposalId, ...where }) });
  await client.views.open({ trigger_id: triggerId, view });
  return true;
}

export function registerConfirmDeletes(app: App, { client, conversation, connect, log }: ConfirmDeps): void {
  // Our receiver has acknowledged it: the modal is closed, and what is to be said is said in the thread, to the person alone.
  app.view(CONFIRM_DELETES, async ({ body, view, context }) => {
    const { proposalId, channel, threadTs } = Metadata.parse(JSON.parse(view.private_metadata));
    const typed = Submitted.parse(view.state.values)[WORD.block]?.[WORD.action]?.value ?? '';
    const who = { team: body.team?.id ?? '', user: body.user.id };
    const whisper = whisperIn(client, channel, who.user, threadTs);
    const asker = {
      identity: (why: string) => connect.identityOf(who, why, { kind: 'none', user: who.user, channel }, whisper),
      refuse: (reason: string, again: Parameters<typeof renderRefusal>[1]) => whisper(renderRefusal(reason, again)),
    };
    await conversation
      .decide('approve', { id: String(context.envelope), kind: 'deployment', proposalId, ...who, typed }, asker)
      .catch((error: unknown) => whisperFailure(whisper, error, proposalId, log));
  });
}
