// The steps of a turn as a posted message that is kept current: a plan block, or plain lines where Slack does not take that.
import type { WebClient } from '@slack/web-api';
import type { Step } from '../../conversation/rows.ts';
import type { Ending } from '../../conversation/thread-port.ts';
import { slackError } from '../bolt/passing.ts';
import { renderPlainSteps, renderSteps } from '../views/step-list.ts';
import type { Poster } from './poster.ts';
import type { StepsView } from './progress.ts';
import { troubleOf } from './refusals.ts';

/** `id` names the message, so that one whose answer was lost is found again (poster.ts). `create` is for what a turn was waited for. */
export function createPostedSteps(
  deps: { client: WebClient; create: WebClient; poster: Poster },
  where: { channel: string; threadTs: string },
  id: string,
  resumeTs?: string,
): StepsView {
  const { client, create, poster } = deps;
  let ts = resumeTs;
  let ended = false;
  let render: typeof renderSteps | typeof renderPlainSteps = renderSteps;

  async function show(steps: readonly Step[], ending?: Ending): Promise<string> {
    try {
      const message = render(steps, ending);
      if (ts === undefined) {
        ts = await poster.post(id, where, message);
      } else {
        await (ending === undefined ? create : client).chat.update({ channel: where.channel, ts, ...message });
      }
      return ts;
    } catch (error) {
      // A killed process left its stream open here; ended, it can be drawn over.
      if (slackError(error) === 'streaming_state_conflict' && ts !== undefined && !ended) {
        ended = true;
        await client.chat.stopStream({ channel: where.channel, ts });
        return show(steps, ending);
      }
      if (troubleOf(error)?.kind !== 'message' || render === renderPlainSteps) throw error;
      render = renderPlainSteps;
      return show(steps, ending);
    }
  }

  return {
    updates: 'chat.update',
    open: (steps) => show(steps),
    async update(steps) {
      await show(steps);
      return undefined;
    },
    async close(steps, ending) {
      await show(steps, ending);
    },
  };
}
