// Words for one person only, where they asked: as the answer to what they typed or pressed, or as a message that nobody else sees.
import type { RespondFn, ViewOutput } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { UserError } from '../../values/errors.ts';
import type { Logger } from '../../values/log.ts';
import { isLeft, slackError } from '../bolt/passing.ts';
import { renderWords } from '../views/answers.ts';
import { escapeText } from '../views/slack-text.ts';

export type Whisper = (answer: { text: string; blocks: object[] }) => Promise<unknown>;

/** Through the address that came with a command or a click; what was clicked stays as it is. */
export function whisperBy(respond: RespondFn): Whisper {
  return (said) => respond({ ...said, response_type: 'ephemeral', replace_original: false } as Parameters<RespondFn>[0]);
}

export function whisperIn(client: WebClient, channel: string, user: string, threadTs?: string): Whisper {
  const where = { channel, user, ...(threadTs === undefined ? {} : { thread_ts: threadTs }) };
  return (said) => client.chat.postEphemeral({ ...where, ...said } as Parameters<WebClient['chat']['postEphemeral']>[0]);
}

type View = Parameters<WebClient['views']['update']>[0]['view'];

/** In the place of what the modal shows in which was pressed: a press there has no address to answer at. */
export function whisperInModal(client: WebClient, { id, title }: Pick<ViewOutput, 'id' | 'title'>): Whisper {
  const close = { type: 'plain_text', text: 'Close' } as const;
  return ({ blocks }) =>
    client.views
      .update({ view_id: id, view: { type: 'modal', title, close, blocks } as View })
      // They have closed it meanwhile.
      .catch((error: unknown) => (slackError(error) === 'not_found' ? undefined : Promise.reject(error)));
}

/** Words for a person whose request failed; of a bug they learn an id to quote, never its text. */
export async function whisperFailure(whisper: Whisper, error: unknown, id: string, log: Logger): Promise<void> {
  if (error instanceof UserError) return void (await whisper(renderWords(escapeText(error.message))));
  // The envelope is worked on again, as after a kill; or is by another process, which has taken it over while this one stood still.
  if (isLeft(error)) throw error;
  log.error({ err: error, request: id }, 'request failed');
  await whisper(renderWords(`Something went wrong on my side, and I have logged it (${id}). Nothing was changed. Please try again.`));
}
