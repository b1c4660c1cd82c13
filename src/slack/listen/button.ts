// The door of buttons: what each of ours does when it is pressed; whatever goes wrong, the person who pressed hears of it.
import type { App } from '@slack/bolt';
import { z } from 'zod';
import type { Conversation } from '../../conversation/conversation.ts';
import type { Logger } from '../../values/log.ts';
import { whyNotFor } from '../thread/may-read.ts';
import type { SlackThread } from '../thread/thread.ts';
import { renderRefusal, renderWords } from '../views/answers.ts';
import { escapeText } from '../views/slack-text.ts';
import type { AnswerCommand } from './answer-command.ts';
import { askWhereItWrites } from './choose-data.ts';
import { askToConfirm } from './confirm-deletes.ts';
import type { Connect } from './connect.ts';
import { type ShowDeps, showChanges, showProof } from './show-to-readers.ts';
import type { Stop } from './stop.ts';
import type { TakeReply } from './take-reply.ts';
import { type Whisper, whisperBy, whisperFailure, whisperInModal } from './whisper.ts';

interface ButtonDeps extends ShowDeps {
  readonly conversation: Pick<Conversation, 'ask' | 'dataToChoose' | 'decide' | 'doomed' | 'isIn' | 'press' | 'proof' | 'release'>;
  readonly thread: Pick<SlackThread, 'handOver' | 'whoReads' | 'mayRead'>;
  readonly connect: Connect;
  readonly answerCommand: AnswerCommand;
  readonly stop: Stop;
  readonly takeReply: TakeReply;
  readonly log: Logger;
}

/** A press on one of our buttons. */
interface Pressed {
  /** Of the envelope it came in. */
  readonly id: string;
  readonly value: string;
  readonly team: string;
  readonly user: string;
  readonly channel: string;
  /** Of the message that it is in; absent in a modal. */
  readonly ts: string | undefined;
  /** Opens a modal, for three seconds. */
  readonly triggerId: string;
  /** The modal that it is in. */
  readonly view?: { readonly id: string; readonly private_metadata: string } | undefined;
}

/** What our own buttons carry. A click may say anything: whether it is allowed is checked again. */
const AgainValue = z.object({ conversationId: z.string(), version: z.number().int(), target: z.string().optional() });

/** `id` is that of the wish itself: pressed twice, it is begun once. */
const AnewValue = z.object({ id: z.string(), text: z.string() });

const LATER = 'What should I look at here?';
const WHY_PLAN = 'To plan a deployment I act as you.';

export function registerButtons(app: App, deps: ButtonDeps): void {
  const on = (action: string, work: (pressed: Pressed, whisper: Whisper) => Promise<unknown>) => onButton(app, action, deps, work);

  on('make_bundle', async ({ id, team, user, channel, value }, whisper) => {
    if (channel !== '') await deps.answerCommand({ kind: 'command', id, team, user, channel, text: `job ${value}` }, whisper);
  });
  on('start_anew', ({ team, user, channel, value }, whisper) => {
    const wish = AnewValue.parse(JSON.parse(value));
    return deps.answerCommand({ kind: 'command', team, user, channel, ...wish, anew: true }, whisper);
  });
  on('stop', async ({ value, team, user, channel }, whisper) => {
    const words = await deps.stop(value, { team, user, channel });
    if (words !== undefined) await whisper(renderWords(words));
  });
  // Link buttons: Slack tells of the click, the page does the work.
  for (const action of ['connect', 'go_on_there']) app.action(action, async () => {});

  for (const [action, kind, how] of DECISIONS) {
    on(action, async (pressed, whisper) => {
      const { id, value: proposalId, team, user, channel, triggerId } = pressed;
      if (action === 'deploy' && (await askToConfirm(deps, { proposalId, channel, triggerId }))) return;
      await deps.conversation.decide(how, { id, kind, proposalId, team, user }, askerOf(deps.connect, pressed, whisper));
    });
  }
  for (const kind of NEXT)
    on(`next_${kind}`, async (pressed, whisper) => {
      const { id, value: proposalId, team, user: slackUser, channel } = pressed;
      const asker = kind === 'own_data' ? readerOf(deps, pressed, whisper) : askerOf(deps.connect, pressed, whisper);
      const words = await deps.conversation.press({ id, kind, proposalId, team, slackUser, channel }, asker);
      if (words !== undefined) await whisper(renderRefusal(words, undefined));
    });
  on('where_it_writes', (pressed, whisper) => askWhereItWrites(deps, pressed, whisper));
  // As if they had written it: pressed twice it is one message, which the button's own stands for.
  on('ask_claude', async ({ value: threadTs, ts, team, user, channel }) => {
    if (ts !== undefined) await deps.takeReply({ kind: 'reply', team, user, channel, threadTs, ts, text: LATER });
  });
  on('plan_again', (pressed, whisper) => planAgain(deps, pressed, whisper));
  on('show_proof', (pressed, whisper) => showProof(deps, pressed, whisper));
  for (const action of ['show_changes', 'changes_page_back', 'changes_page_on'])
    on(action, (pressed, whisper) => showChanges(deps, pressed, whisper));
  on('send_file', async ({ id, value, team, user }, whisper) =>
    whisper(renderWords(await deps.thread.handOver(id, value, { team, user }))),
  );
  on('deploy_unavailable', (_pressed, whisper) =>
    whisper(renderWords('This can’t be deployed from here yet: the card says what is missing.')),
  );
}

/** The buttons that decide on a proposal: by their action, of which kind, and how. */
const DECISIONS = [
  ['deploy', 'deployment', 'approve'],
  ['not_now', 'deployment', 'decline'],
  ['write_run', 'write', 'approve'],
  ['write_not_now', 'write', 'decline'],
] as const;

/** The buttons of a deployment or a plan: what one does next with it. */
const NEXT = ['run', 'production', 'previous', 'destroy', 'edits', 'own_data', 'look', 'bind', 'beside', 'replace'] as const;

function onButton(
  app: App,
  action: string,
  { client, log }: Pick<ButtonDeps, 'client' | 'log'>,
  work: (pressed: Pressed, whisper: Whisper) => Promise<unknown>,
): void {
  app.action(action, async ({ body, action: pressed, respond, context }) => {
    if (body.type !== 'block_actions' || pressed.type !== 'button' || pressed.value === undefined) return;
    const whisper = body.view === undefined ? whisperBy(respond) : whisperInModal(client, body.view);
    const who = { team: body.team?.id ?? '', user: body.user.id, channel: body.channel?.id ?? '' };
    const { trigger_id: triggerId, view } = body;
    const ts = body.message?.ts;
    await work({ id: String(context.envelope), value: pressed.value, ...who, ts, triggerId, view }, whisper).catch((error: unknown) =>
      whisperFailure(whisper, error, triggerId, log),
    );
  });
}

function askerOf(connect: Connect, who: Pressed, whisper: Whisper): Parameters<Conversation['decide']>[2] {
  return {
    identity: (why) => connect.identityOf(who, why, { kind: 'none', user: who.user, channel: who.channel }, whisper),
    refuse: (reason, again) => whisper(renderRefusal(reason, again)),
  };
}

/** Of a press that Claude answers, as a message in the thread: out of the bundle's files, for people who get those. */
function readerOf({ connect, conversation, thread }: ButtonDeps, who: Pressed, whisper: Whisper): ReturnType<typeof askerOf> {
  const asker = askerOf(connect, who, whisper);
  return {
    ...asker,
    async identity(why) {
      const identity = await asker.identity(why);
      const about = identity && (await conversation.release(who.value))?.conversation;
      // Of another channel's it is not even said what it is about.
      const no = about?.channel === who.channel ? await whyNotFor(who, about, thread) : undefined;
      if (no === undefined) return identity;
      await whisper(renderWords(escapeText(no)));
      return undefined;
    },
  };
}

async function planAgain({ connect, conversation }: ButtonDeps, who: Pressed, whisper: Whisper): Promise<void> {
  const { target, ...version } = AgainValue.parse(JSON.parse(who.value));
  const { team, user: slackUser, channel } = who;
  if (!(await conversation.isIn(version.conversationId, channel))) {
    await whisper(renderWords('I do not know this version any more. Use the newest card.'));
    return;
  }
  const identity = await connect.identityOf(who, WHY_PLAN, { kind: 'none', user: slackUser, channel }, whisper);
  if (identity === undefined) return;
  const waits = await conversation.ask(who.id, { kind: 'again', ...version, team, slackUser, ...(target === undefined ? {} : { target }) });
  const first = waits ? ' First I finish what I am at in this thread.' : '';
  await whisper(renderWords(`I am planning it again as you. The card comes below in this thread, or I tell you here why not.${first}`));
}
