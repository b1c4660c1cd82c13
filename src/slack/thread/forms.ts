// A stored message in one of its forms: as meant, in words where Slack refuses that, by its id where it refuses those, and in direct messages where its thread is gone.
import type { WebClient } from '@slack/web-api';
import type { ConversationRow } from '../../conversation/rows.ts';
import type { ThreadMessage } from '../../conversation/thread-port.ts';
import type { Message } from '../views/blocks.ts';
import { renderDeploymentResult } from '../views/deployment-result.ts';
import {
  renderCardElsewhere,
  renderCardInWords,
  renderElsewhere,
  renderGivenUp,
  renderReplyInWords,
  renderResultInWords,
} from '../views/lesser-forms.ts';
import { renderReply } from '../views/reply.ts';
import type { ReplyPart } from '../views/split-reply.ts';
import { renderWriteResult } from '../views/write-card.ts';
import type { Form } from './delivery.ts';
import { directChannel } from './direct-channel.ts';
import { type CardRows, type Drawing, requireWrite } from './drawing.ts';
import type { Files } from './files.ts';
import { aboutOf } from './may-read.ts';
import type { Poster } from './poster.ts';

type Sayable = Exclude<ThreadMessage, { kind: 'reply' }> | ReplyPart;

/** Says a message in this form; answers the ts, or the id of a file. */
type SayForm = (message: Sayable, conversation: ConversationRow, form: Form) => Promise<string>;

export function createForms(deps: {
  client: WebClient;
  poster: Poster;
  files: Files;
  drawing: Pick<Drawing, 'card'>;
  cardRows: Pick<CardRows, 'outbox' | 'turns' | 'proposal' | 'write'>;
}): SayForm {
  const { client, poster, files, drawing, cardRows } = deps;

  async function render(message: Exclude<Sayable, { kind: 'archive' | 'release' }>, conversation: ConversationRow, form: Form) {
    const { why, place } = form;
    switch (message.kind) {
      case 'reply':
        if (why !== undefined) return renderReplyInWords(message);
        // Its button asks in the thread, which is not open to us.
        return renderReply(place === 'direct' ? { ...message, later: undefined } : message);
      case 'result':
        return why === undefined ? renderDeploymentResult(message) : renderResultInWords(message);
      case 'write_result': {
        const full = renderWriteResult(message.to, await requireWrite(cardRows, message.proposalId));
        return why === undefined ? full : { text: full.text, blocks: [] };
      }
      case 'write':
      case 'card':
        if (place === 'direct') return renderCardElsewhere(message);
        return why === undefined ? drawing.card(message, conversation) : renderCardInWords(message, why);
    }
  }

  /** For whom a message is that names nobody: whoever wrote what it answers, or asked for the plan. */
  async function readerOf(of: string, message: Sayable, { requester }: ConversationRow): Promise<string> {
    if ('to' in message && message.to !== undefined) return message.to;
    const turnId = (await cardRows.outbox.get(of))?.turnId;
    const writer = turnId === undefined ? undefined : (await cardRows.turns.get(turnId))?.slackUser;
    const planned = message.kind === 'card' && 'proposalId' in message.plan ? await cardRows.proposal(message.plan.proposalId) : undefined;
    return writer ?? planned?.slackUser ?? requester;
  }

  return async (message, conversation, form) => {
    const isFile = message.kind === 'archive' || message.kind === 'release';
    if (isFile && form.givenUp === undefined) return files.deliver(form, conversation, message);
    const said: Message = isFile || form.givenUp ? renderGivenUp(form.of) : await render(message, conversation, form);
    const { channel, threadTs, subject } = conversation;
    if (form.place === 'thread') return poster.post(form.id, { channel, threadTs }, said);
    const direct = await directChannel(client, await readerOf(form.of, message, conversation));
    return poster.post(form.id, { channel: direct }, renderElsewhere(said, aboutOf(subject)));
  };
}
