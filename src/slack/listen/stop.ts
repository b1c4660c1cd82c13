// Stopping what runs in a conversation: by our own button, or by Slack's on the list of steps.
import type { App } from '@slack/bolt';
import type { Conversation } from '../../conversation/conversation.ts';
import type { Identities } from '../../identity/identities.ts';
import type { Logger } from '../../values/log.ts';

/** Ends what runs in a conversation of the channel where somebody wants it; answers words for whoever may not, or finds nothing to stop. */
export type Stop = (conversationId: string, by: { team: string; user: string; channel: string }) => Promise<string | undefined>;

export function createStop(deps: {
  conversation: Pick<Conversation, 'stop' | 'isIn'>;
  identities: Pick<Identities, 'of'>;
  log: Logger;
}): Stop {
  return async (conversationId, by) => {
    if ((await deps.identities.of(by)) === undefined)
      return 'Only people who are connected to Databricks can stop my work: type `/dab connect`.';
    if (!(await deps.conversation.isIn(conversationId, by.channel))) return 'I do not know this thread. Press Stop in the thread itself.';
    deps.log.info({ conversation: conversationId, by: by.user }, 'stop');
    return (await deps.conversation.stop(conversationId, by.user)) ? undefined : 'Nothing is running here any more.';
  };
}

/** The door of Slack's own Stop. */
export function registerSlackStop(app: App, conversation: Pick<Conversation, 'inThread'>, stop: Stop): void {
  app.event('agent_session_stopped' as 'message', async ({ event, context }) => {
    const { channel, thread_ts: threadTs, user } = event as { channel?: string; thread_ts?: string; user?: string };
    if (channel === undefined || threadTs === undefined || user === undefined) return;
    const row = await conversation.inThread(channel, threadTs);
    if (row !== undefined) await stop(row.id, { team: context.teamId ?? '', user, channel });
  });
}
