// The methods of streams: states, the five-minute seal, recipients, a person's Stop (facts: slack#streams, slack#agent-sessions-and-stop).
import { checkBlocks } from '../blocks/block-rules.ts';
import { contentBlocks, copyContent, emptyContent, hasOpenTask, merge, type StreamInput, streamInput } from '../blocks/stream-content.ts';
import { apiMessage, type Events } from '../events/events.ts';
import { STREAM_LIFE_MS, WORDS } from '../protocol/limits.ts';
import { type Args, type Dict, isDict, SlackRefusal } from '../protocol/refusal.ts';
import type { Time } from '../protocol/time.ts';
import type { Changes } from '../team/changes.ts';
import { BOT, memberChannel, messagesOf, type State, type StoredMessage, type StoredStream, TEAM } from '../team/state.ts';
import type { Messages } from './messages.ts';

export interface StreamRules {
  /** Where streaming is taken; elsewhere it is `channel_type_not_supported`. */
  readonly streamsIn: readonly ('im' | 'channel' | 'private')[];
  /** Whether the app is an agent: without, agents.sessions.* is `not_authorized`. */
  readonly agentView: boolean;
}

type Status = 'active' | 'processing' | 'suspended' | 'closed';
const STATUSES: readonly Status[] = ['active', 'processing', 'suspended', 'closed'];

export interface Streams {
  readonly methods: Readonly<Record<string, (args: Args) => Dict>>;
  /** A person presses Slack's Stop: streams of the thread end, status and work do not (facts: slack#agent-sessions-and-stop). */
  stop(channel: string, threadTs: string, user: string): void;
}

type Live = { message: StoredMessage; stream: StoredStream };

interface StreamDeps {
  readonly state: State;
  readonly time: Time;
  readonly changes: Changes;
  readonly events: Events;
  readonly messages: Messages;
  readonly rules: () => StreamRules;
}

export function createStreams({ state, time, changes, events, messages, rules }: StreamDeps): Streams {
  function setStatus(channel: string, root: string, status: Status, title?: string): void {
    const known = state.agentThreads.get(`${channel}:${root}`);
    state.agentThreads.set(`${channel}:${root}`, known === undefined ? { status, ...(title ? { title } : {}) } : { ...known, status });
    const message = messagesOf(state, channel).get(root);
    if (message !== undefined) changes.emit({ kind: 'message', message });
  }

  function statusOf(args: Args, name: string): Status | undefined {
    const given = args.text(name);
    const status = STATUSES.find((known) => known === given);
    if (given !== undefined && status === undefined) throw new SlackRefusal('invalid_arguments');
    return status;
  }

  function live(args: Args, what: 'append' | 'stop'): Live {
    const channel = memberChannel(state, args.need('channel'));
    const message = messagesOf(state, channel.id).get(args.need('ts'));
    if (message === undefined) throw new SlackRefusal('message_not_found');
    if (message.user !== BOT.user) throw new SlackRefusal('message_not_owned_by_app');
    const stream = message.stream;
    if (stream?.state === 'stopped_by_user' && what === 'append') throw new SlackRefusal('stopped_by_user');
    if (stream?.state !== 'streaming') throw new SlackRefusal('message_not_in_streaming_state');
    return { message, stream };
  }

  function feed({ message, stream }: Live, input: StreamInput | undefined): void {
    if (input !== undefined && stream.mode !== undefined && input.mode !== stream.mode) throw new SlackRefusal('streaming_mode_mismatch');
    stream.content = merge(stream.content, input);
    stream.mode ??= input?.mode;
    show({ message, stream });
  }

  function show({ message, stream }: Live): void {
    message.text = stream.content.text;
    message.blocks = contentBlocks(stream.content, stream.displayMode);
  }

  /** Ends a stream; a task left open is shown as an error, as Slack does. */
  function seal({ message, stream }: Live, to: 'stopped' | 'expired' | 'stopped_by_user', previous: Dict): void {
    stream.state = to;
    if (to !== 'stopped_by_user' && (to === 'expired' || hasOpenTask(stream.content))) stream.error = WORDS.wentWrong;
    messages.changed(message, previous);
  }

  return {
    methods: {
      'chat.startStream'(args) {
        const channel = memberChannel(state, args.need('channel'));
        if (!rules().streamsIn.includes(channel.kind)) throw new SlackRefusal('channel_type_not_supported');
        const recipient = args.text('recipient_user_id');
        if (channel.kind !== 'im') {
          if (recipient === undefined) throw new SlackRefusal('missing_recipient_user_id');
          if (args.text('recipient_team_id') === undefined) throw new SlackRefusal('missing_recipient_team_id');
          if (args.text('recipient_team_id') !== TEAM.id) throw new SlackRefusal('team_not_found');
        }
        if (recipient !== undefined && !state.users.has(recipient)) throw new SlackRefusal('user_not_found');
        const displayMode = args.text('task_display_mode') ?? 'timeline';
        if (displayMode !== 'timeline' && displayMode !== 'plan') throw new SlackRefusal('invalid_arguments');
        const threadTs = args.text('thread_ts');
        const parent = threadTs === undefined ? undefined : messagesOf(state, channel.id).get(threadTs);
        if (threadTs !== undefined && parent === undefined) throw new SlackRefusal('thread_not_found');
        const input = streamInput(args);
        if (input === undefined) throw new SlackRefusal('invalid_arguments');
        const content = merge(emptyContent(), input);
        const stream: StoredStream = {
          state: 'streaming',
          displayMode,
          mode: input.mode,
          content,
          first: copyContent(content),
          ...(recipient === undefined ? {} : { recipient }),
        };
        const root = parent?.threadTs ?? parent?.ts;
        const message = messages.post({
          channel: channel.id,
          user: BOT.user,
          text: content.text,
          blocks: contentBlocks(content, displayMode),
          stream,
          ...(root === undefined ? {} : { threadTs: root }),
        });
        time.after(STREAM_LIFE_MS, () => {
          if (message.stream === stream && stream.state === 'streaming') seal({ message, stream }, 'expired', apiMessage(state, message));
        });
        if (rules().agentView && root !== undefined) setStatus(channel.id, root, 'processing');
        return { channel: channel.id, ts: message.ts };
      },
      'chat.appendStream'(args) {
        const found = live(args, 'append');
        const input = streamInput(args);
        if (input === undefined) throw new SlackRefusal('invalid_arguments');
        feed(found, input);
        changes.emit({ kind: 'message', message: found.message });
        return { channel: found.message.channel, ts: found.message.ts };
      },
      'chat.stopStream'(args) {
        const found = live(args, 'stop');
        const { message, stream } = found;
        const status = statusOf(args, 'session_status') ?? 'active';
        const given = args.json('blocks', 'invalid_blocks_format');
        const blocks = given === undefined ? [] : checkBlocks(given, 'message');
        const metadata = args.json('metadata', 'invalid_metadata_format');
        const previous = apiMessage(state, message);
        feed(found, streamInput(args));
        stream.content.blocks.push(...blocks);
        show(found);
        if (isDict(metadata)) message.metadata = metadata;
        seal(found, 'stopped', previous);
        if (rules().agentView && message.threadTs !== undefined) setStatus(message.channel, message.threadTs, status);
        return { channel: message.channel, ts: message.ts, message: apiMessage(state, message, { metadata: true }) };
      },
      'agents.sessions.setStatus'(args) {
        if (!rules().agentView) throw new SlackRefusal('not_authorized');
        const channel = memberChannel(state, args.need('channel_id'));
        const root = args.need('thread_ts');
        if (!messagesOf(state, channel.id).has(root)) throw new SlackRefusal('thread_not_found');
        args.need('status');
        const title = args.text('title');
        if (title !== undefined && title.length > 200) throw new SlackRefusal('invalid_arguments');
        setStatus(channel.id, root, statusOf(args, 'status') ?? 'active', title);
        return {};
      },
    },
    stop(channel, threadTs, user) {
      const stopped = [...messagesOf(state, channel).values()].flatMap((message) =>
        (message.threadTs ?? message.ts) === threadTs && message.stream?.state === 'streaming' ? [{ message, stream: message.stream }] : [],
      );
      for (const found of stopped) seal(found, 'stopped_by_user', apiMessage(state, found.message));
      const streaming = stopped.map(({ message }) => message.ts);
      events.send({ type: 'agent_session_stopped', channel, user, thread_ts: threadTs, streaming_message_ts: streaming });
    },
  };
}
