// Asking: the /dab command, mentions and direct messages, replies in threads, and [Stop].

import type { App } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { Conversations } from '../../conversation/conversations.ts';
import type { Identities, Identity } from '../../identity/identities.ts';
import { UserError } from '../../values/errors.ts';
import type { Logger } from '../../values/log.ts';
import { baseName } from '../../values/workspace-path.ts';
import { slackError } from '../thread/poster.ts';
import type { SlackThread } from '../thread/thread.ts';
import { type ListedJob, renderHelp, renderJobs, renderWords } from '../views/answers.ts';
import { wordsFor } from '../views/error-words.ts';
import { escapeText } from '../views/text.ts';
import type { Connect, Resume, Whisper } from './connect.ts';
import { type Command, parseCommand } from './parse-command.ts';

/** Reads of jobs as one person, wired in main: this room knows no Databricks. */
export interface JobLookup {
  name(who: { team: string; user: string }, jobId: string): Promise<string>;
  list(who: { team: string; user: string }, name: string, limit: number): Promise<ListedJob[]>;
  /** Resolves where the folder is there and may be listed; rejects with UserError otherwise. */
  folder(who: { team: string; user: string }, path: string): Promise<void>;
}

/** Jobs that one answer lists; one more is asked for, to know whether there are more. */
const LISTED_JOBS = 10;

export interface AskDeps {
  readonly client: WebClient;
  readonly thread: Pick<SlackThread, 'anchor'>;
  readonly conversations: Conversations;
  readonly connect: Connect;
  readonly identities: Pick<Identities, 'of' | 'unlink'>;
  readonly jobs: JobLookup;
  readonly host: string;
  readonly log: Logger;
}

type Ask = Extract<Resume, { kind: 'command' }>;

export function createAsk(deps: AskDeps) {
  const { client, connect, conversations } = deps;

  /** A command from wherever it came; errors become words for the person. */
  async function run(ask: Ask, whisper: Whisper): Promise<void> {
    try {
      await answer(ask, parseCommand(ask.text, deps.host), whisper);
    } catch (error) {
      await whisper(renderWords(wordsFor(error, ask.id, deps.log)));
    }
  }

  async function answer(ask: Ask, command: Command, whisper: Whisper): Promise<unknown> {
    const who = { team: ask.team, user: ask.user };
    switch (command.kind) {
      case 'help':
        return whisper(renderHelp((await deps.identities.of(who))?.userName));
      case 'unclear':
        return whisper(renderWords(command.hint));
      case 'disconnect':
        await deps.identities.unlink(who);
        return whisper(renderWords('You are not connected to Databricks any more, and I have forgotten your tokens.'));
      case 'connect': {
        const identity = await connect.identityOf(who, 'Happy to.', { kind: 'none', user: ask.user, channel: ask.channel }, whisper);
        return identity && whisper(renderWords(`You are connected as ${escapeText(identity.userName)}.`));
      }
      case 'jobs': {
        const identity = await connect.identityOf(who, 'To list jobs I read them as you.', ask, whisper);
        if (identity === undefined) return undefined;
        const jobs = await deps.jobs.list(who, command.name, LISTED_JOBS + 1);
        return whisper(renderJobs(jobs.slice(0, LISTED_JOBS), command.name, jobs.length > LISTED_JOBS));
      }
      case 'job': {
        const identity = await connect.identityOf(who, `To make a bundle of job ${command.jobId} I read it as you.`, ask, whisper);
        return identity && startJob(ask, command, whisper);
      }
      case 'workspace': {
        const identity = await connect.identityOf(who, `To make a bundle of ${command.path} I read it as you.`, ask, whisper);
        return identity && startFolder(ask, command, whisper);
      }
    }
  }

  /** The job is read first, so that a wrong id leaves nothing in the channel. */
  async function startJob(ask: Ask, command: Extract<Command, { kind: 'job' }>, whisper: Whisper): Promise<unknown> {
    const name = await deps.jobs.name(ask, command.jobId).catch((error: unknown) => error);
    if (name instanceof UserError) return whisper(renderWords(`${escapeText(name.message)} \`/dab jobs churn\` finds jobs by name.`));
    if (typeof name !== 'string') throw name;
    return start(ask, { jobId: command.jobId, name }, command.private, whisper);
  }

  async function startFolder(
    ask: Ask,
    { path, private: isPrivate }: Extract<Command, { kind: 'workspace' }>,
    whisper: Whisper,
  ): Promise<unknown> {
    const found = await deps.jobs.folder(ask, path).catch((error: unknown) => error);
    if (found instanceof UserError) return whisper(renderWords(escapeText(found.message)));
    if (found !== undefined) throw found;
    return start(ask, { folder: path, name: baseName(path) }, isPrivate, whisper);
  }

  /** The root message, then the conversation under it. */
  async function start(
    ask: Ask,
    subject: Parameters<Conversations['start']>[0]['subject'],
    isPrivate: boolean,
    whisper: Whisper,
  ): Promise<unknown> {
    const channel = isPrivate ? await directChannel(ask.user) : ask.channel;
    let threadTs: string;
    try {
      threadTs = await deps.thread.anchor(channel, { id: ask.id, requester: ask.user, subject });
    } catch (error) {
      const code = slackError(error);
      if (code !== 'not_in_channel' && code !== 'channel_not_found') throw error;
      return whisper(
        renderWords(
          'I am not a member here, so I can’t answer. Type `/invite @DAB Bot` and ask again, or put `private` behind what you typed.',
        ),
      );
    }
    await conversations.start({
      id: ask.id,
      team: ask.team,
      channel,
      threadTs,
      private: isPrivate,
      requester: ask.user,
      subject,
      eventKey: ask.id,
    });
    return isPrivate && !ask.channel.startsWith('D')
      ? whisper(renderWords('I am working on it and send everything to you directly.'))
      : undefined;
  }

  async function directChannel(user: string): Promise<string> {
    const { channel } = await client.conversations.open({ users: user });
    if (channel?.id === undefined) throw new Error('conversations.open answered without a channel');
    return channel.id;
  }

  /** A message in a thread of ours: one more turn, as its writer. */
  async function reply(message: Extract<Resume, { kind: 'reply' }>): Promise<void> {
    const conversation = await conversations.inThread(message.channel, message.threadTs);
    if (conversation === undefined) return;
    const whisper = whisperer(message.channel, message.user, message.threadTs);
    try {
      const identity = await connect.identityOf(message, 'To work on this bundle I act as you.', message, whisper);
      if (identity !== undefined) await conversations.reply(conversation, message.user, message.text, `${message.channel}:${message.ts}`);
    } catch (error) {
      await whisper(renderWords(wordsFor(error, message.ts, deps.log)));
    }
  }

  function whisperer(channel: string, user: string, threadTs?: string): Whisper {
    return (said) =>
      client.chat.postEphemeral({ channel, user, ...said, ...(threadTs !== undefined && { thread_ts: threadTs }) } as Parameters<
        WebClient['chat']['postEphemeral']
      >[0]);
  }

  return {
    run,
    reply,
    whisperer,

    /** Ends what runs in a conversation; words for whoever may not, or finds nothing to stop. */
    async stop(conversationId: string, by: { team: string; user: string }): Promise<string | undefined> {
      if ((await deps.identities.of(by)) === undefined)
        return 'Only people who are connected to Databricks can stop my work: type `/dab connect`.';
      deps.log.info({ conversation: conversationId, by: by.user }, 'stop');
      return (await conversations.stop(conversationId, by.user)) ? undefined : 'Nothing is running here any more.';
    },

    /** After a link: tells the person, and goes on with what they had asked. */
    async resume(resume: Resume, identity: Identity): Promise<void> {
      const threadTs = resume.kind === 'reply' ? resume.threadTs : undefined;
      const whisper = whisperer(resume.channel, resume.user, threadTs);
      const said = renderWords(`You are connected as ${escapeText(identity.userName)}. If that was not you, type \`/dab disconnect\`.`);
      // In a channel without us the person still hears of the link, directly.
      await whisper(said).catch(async () => whisperer(await directChannel(resume.user), resume.user)(said));
      if (resume.kind === 'command') await run(resume, whisper);
      if (resume.kind === 'reply') await reply(resume);
    },
  };
}

export type Asking = ReturnType<typeof createAsk>;

/** Bolt's listeners of this file's subject. */
export function registerAsk(app: App, ask: Asking, deps: Pick<AskDeps, 'conversations' | 'log'>): void {
  app.command('/dab', async ({ command, respond, context }) => {
    await ask.run(
      {
        kind: 'command',
        id: String(context.envelope),
        team: command.team_id,
        user: command.user_id,
        channel: command.channel_id,
        text: command.text,
      },
      (said) => respond({ ...said, response_type: 'ephemeral' } as Parameters<typeof respond>[0]),
    );
  });

  app.action('make_bundle', async ({ body, action, respond, context }) => {
    if (body.type !== 'block_actions' || action.type !== 'button' || body.channel === undefined) return;
    await ask.run(
      {
        kind: 'command',
        id: String(context.envelope),
        team: body.team?.id ?? '',
        user: body.user.id,
        channel: body.channel.id,
        text: `job ${action.value}`,
      },
      (said) => respond({ ...said, response_type: 'ephemeral', replace_original: false } as Parameters<typeof respond>[0]),
    );
  });

  app.action('connect', async () => {}); // A link button: Slack tells of the click, the page does the work.

  app.action('stop', async ({ body, action, respond }) => {
    if (action.type !== 'button' || action.value === undefined || body.type !== 'block_actions') return;
    const words = await ask.stop(action.value, { team: body.team?.id ?? '', user: body.user.id });
    if (words !== undefined) await respond({ text: words, response_type: 'ephemeral', replace_original: false });
  });

  app.event('agent_session_stopped' as 'message', async ({ event, context }) => {
    const { channel, thread_ts: threadTs, user } = event as { channel?: string; thread_ts?: string; user?: string };
    const conversation = channel !== undefined && threadTs !== undefined && (await deps.conversations.inThread(channel, threadTs));
    if (conversation && user !== undefined) await ask.stop(conversation.id, { team: context.teamId ?? '', user });
  });

  app.event('app_mention', async ({ event, context }) => {
    // In a thread the message event carries the same words.
    if (event.thread_ts !== undefined || event.user === undefined) return;
    await ask.run(
      {
        kind: 'command',
        id: String(context.envelope),
        team: context.teamId ?? '',
        user: event.user,
        channel: event.channel,
        text: withoutMention(event.text, context.botUserId),
      },
      ask.whisperer(event.channel, event.user),
    );
  });

  app.message(async ({ message, context }) => {
    // What a person types: also with a file, or sent to the channel as well.
    if (message.subtype !== undefined && message.subtype !== 'file_share' && message.subtype !== 'thread_broadcast') return;
    if (message.user === undefined || ('bot_id' in message && message.bot_id !== undefined)) return;
    const text = withoutMention(message.text ?? '', context.botUserId);
    const from = { team: context.teamId ?? '', user: message.user, channel: message.channel };
    if (message.thread_ts !== undefined) {
      // Words that open with somebody else's name are meant for them.
      if (/^<@[UW]/.test(text) || text === '') return;
      await ask.reply({ kind: 'reply', ...from, threadTs: message.thread_ts, ts: message.ts, text: unescapeSlack(text) });
    } else if ('channel_type' in message && message.channel_type === 'im') {
      await ask.run({ kind: 'command', id: String(context.envelope), ...from, text }, (said) =>
        ask.whisperer(message.channel, message.user)(said),
      );
    }
  });
}

/** The words without the bot's own name before them. */
function withoutMention(text: string, botUserId: string | undefined): string {
  const words = text.trim();
  const own = /^<@(\w+)(\|[^>]*)?>\s*/.exec(words);
  return own !== null && own[1] === botUserId ? words.slice(own[0].length) : words;
}

/** Slack escapes three characters in what people type. */
function unescapeSlack(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
