// Opens every door of Slack onto the conversations.
import type { App } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { Conversation } from '../../conversation/conversation.ts';
import type { Identities, Linked } from '../../identity/identities.ts';
import type { Logger } from '../../values/log.ts';
import { createChannelLine } from '../bolt/channel-line.ts';
import { createEyes } from '../bolt/eyes.ts';
import type { RateLimits } from '../bolt/rate-limits.ts';
import type { SlackThread } from '../thread/thread.ts';
import { createAnswerCommand, type WorkspaceLookup } from './answer-command.ts';
import { registerButtons } from './button.ts';
import { registerWhereItWrites } from './choose-data.ts';
import { registerCommand } from './command.ts';
import { registerConfirmDeletes } from './confirm-deletes.ts';
import { createConnect } from './connect.ts';
import { registerMention } from './mention.ts';
import { registerMessage } from './message.ts';
import { createOpenThread } from './open-thread.ts';
import { createResume } from './resume.ts';
import { createStop, registerSlackStop } from './stop.ts';
import { createTakeReply } from './take-reply.ts';

/** What is behind the doors. */
export interface Behind {
  readonly conversation: Conversation;
  readonly identities: Pick<Identities, 'of' | 'startLink' | 'unlink'>;
  readonly lookup: WorkspaceLookup;
  /** The workspace the bot works with. */
  readonly host: string;
}

/** Answers what goes on after a link: hand it to whoever makes links. */
export function listen(
  app: App,
  /** `create` never repeats a call. */
  slack: { client: WebClient; create: WebClient; rates: RateLimits; thread: SlackThread; log: Logger },
  behind: Behind,
): (linked: Pick<Linked, 'resume' | 'identity'>) => Promise<void> {
  const { client } = slack;
  const { conversation, identities } = behind;
  const eyes = createEyes(slack);
  const deps = { ...slack, ...behind, connect: createConnect({ client, identities }), line: createChannelLine(), eyes };
  const answerCommand = createAnswerCommand({ ...deps, openThread: createOpenThread(deps) });
  const takeReply = createTakeReply(deps);
  const stop = createStop(deps);

  registerCommand(app, answerCommand);
  registerMention(app, client, { answerCommand, eyes });
  registerMessage(app, client, { answerCommand, takeReply, eyes });
  registerButtons(app, { ...deps, answerCommand, stop, takeReply });
  registerConfirmDeletes(app, deps);
  registerWhereItWrites(app, deps);
  registerSlackStop(app, conversation, stop);
  return createResume({ client, answerCommand, takeReply });
}
