// The door of where a development copy writes: a button opens the question as a modal, and the answer makes a version.
import type { App } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { Conversation } from '../../conversation/conversation.ts';
import type { Logger } from '../../values/log.ts';
import { renderRefusal } from '../views/answers.ts';
import { CATALOG, renderWhereItWrites, SCHEMA, WHERE_IT_WRITES } from '../views/modals/where-it-writes.ts';
import type { Connect } from './connect.ts';
import { type Whisper, whisperFailure, whisperIn } from './whisper.ts';

interface ChooseDeps {
  readonly client: WebClient;
  readonly conversation: Pick<Conversation, 'dataToChoose' | 'press'>;
  readonly connect: Connect;
  readonly log: Logger;
}

interface Pressed {
  readonly value: string;
  readonly team: string;
  readonly user: string;
  readonly channel: string;
  readonly triggerId: string;
}

/** Of our own modal; a submission may say anything: whether it is allowed is checked again. */
const Metadata = z.object({ proposalId: z.string(), channel: z.string(), threadTs: z.string() });
const Field = z.object({ [SCHEMA.action]: z.object({ value: z.string().nullish() }) }).optional();
const Submitted = z.object({ [SCHEMA.block]: Field, [CATALOG.block]: Field });

/** Opens the question, within the 3 seconds that a click may open a modal; says to others than the plan's person why not. */
export async function askWhereItWrites(
  { client, conversation }: Pick<ChooseDeps, 'client' | 'conversation'>,
  { value: proposalId, team, user, channel, triggerId }: Pressed,
  whisper: Whisper,
): Promise<void> {
  const found = await conversation.dataToChoose({ proposalId, channel, team, slackUser: user });
  if (typeof found === 'string') {
    await whisper(renderRefusal(found, undefined));
    return;
  }
  const { target, data, threadTs } = found;
  const view = renderWhereItWrites({ target, data, metadata: JSON.stringify({ proposalId, channel, threadTs }) });
  await client.views.open({ trigger_id: triggerId, view });
}

export function registerWhereItWrites(app: App, { client, conversation, connect, log }: ChooseDeps): void {
  // Our receiver has acknowledged it: the modal is closed, and what is wrong with an answer is said in the thread, to the person alone.
  app.view(WHERE_IT_WRITES, async ({ body, view, context }) => {
    const { proposalId, channel, threadTs } = Metadata.parse(JSON.parse(view.private_metadata));
    const { [SCHEMA.block]: schemaField, [CATALOG.block]: catalogField } = Submitted.parse(view.state.values);
    const typedIn = (field: z.infer<typeof Field>) => field && (field[SCHEMA.action].value ?? '');
    const answer = { schema: typedIn(schemaField), catalog: typedIn(catalogField) };
    const who = { team: body.team?.id ?? '', user: body.user.id };
    const whisper = whisperIn(client, channel, who.user, threadTs);
    const asker = {
      identity: (why: string) => connect.identityOf(who, why, { kind: 'none', user: who.user, channel }, whisper),
      refuse: (reason: string, again: Parameters<typeof renderRefusal>[1]) => whisper(renderRefusal(reason, again)),
    };
    const press = { id: String(context.envelope), kind: 'data', proposalId, team: who.team, slackUser: who.user, channel } as const;
    await conversation
      .press({ ...press, answer }, asker)
      .then((words) => words === undefined || whisper(renderRefusal(words, undefined)))
      .catch((error: unknown) => whisperFailure(whisper, error, proposalId, log));
  });
}
