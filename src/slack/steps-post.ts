// The steps of a turn as a posted message that is kept current: a plan block, or plain lines where Slack refuses that block.
import type { WebClient } from '@slack/web-api';
import type { Step } from '../conversation/rows.ts';
import type { Ending } from '../conversation/thread.ts';
import { slackError } from './poster.ts';
import type { StepsView } from './thread-writer.ts';
import { renderPlainSteps, renderSteps } from './views/steps.ts';

export function createPostedSteps(client: WebClient, place: { channel: string; threadTs: string }, resumeTs?: string): StepsView {
  let ts = resumeTs;
  let render: typeof renderSteps | typeof renderPlainSteps = renderSteps;

  async function show(steps: readonly Step[], ending?: Ending): Promise<string> {
    try {
      const message = render(steps, ending);
      if (ts === undefined) {
        ts = (await client.chat.postMessage({ channel: place.channel, thread_ts: place.threadTs, ...message })).ts;
      } else {
        await client.chat.update({ channel: place.channel, ts, ...message });
      }
      return ts ?? '';
    } catch (error) {
      if (slackError(error) !== 'invalid_blocks' || render === renderPlainSteps) throw error;
      render = renderPlainSteps;
      return show(steps, ending);
    }
  }

  return {
    updates: 'chat.update',
    closes: 'chat.update',
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
