// chat.postMessage, update, delete and postEphemeral, and the posting that files, streams and people share.
import { checkBlocks } from '../blocks/block-rules.ts';
import { apiMessage, type Events, repliesOf } from '../events/events.ts';
import { MARKDOWN_TEXT, POST_TEXT, UPDATE_TEXT } from '../protocol/limits.ts';
import type { Block } from '../protocol/page-api.ts';
import { type Args, type Dict, isDict, randomId, SlackRefusal } from '../protocol/refusal.ts';
import type { Time } from '../protocol/time.ts';
import type { Changes } from '../team/changes.ts';
import {
  BOT,
  memberChannel,
  messagesOf,
  SLACKBOT,
  type State,
  type StoredEphemeral,
  type StoredMessage,
  visibleChannel,
} from '../team/state.ts';

type NewMessage = Omit<StoredMessage, 'ts' | 'reactions'>;

export interface Messages {
  /** Stores a message, tells everybody who looks, and sends its event. */
  post(message: NewMessage): StoredMessage;
  /** Tells everybody that a stored message is different now. `previous` is its former api shape; without it no event is sent. */
  changed(message: StoredMessage, previous?: Dict): void;
  ephemeral(ephemeral: Omit<StoredEphemeral, 'id' | 'ts'>): StoredEphemeral;
  /** Text and blocks as given by an app. @throws no_text, msg_too_long, invalid_blocks, invalid_metadata_format */
  content(args: Args, maxText: number): { text: string; blocks?: Block[]; metadata?: Dict };
  readonly methods: Readonly<Record<string, (args: Args) => Dict>>;
}

export function createMessages(state: State, time: Time, changes: Changes, events: Events): Messages {
  function post(fresh: NewMessage): StoredMessage {
    const message: StoredMessage = { ...fresh, ts: time.ts(), reactions: new Map() };
    messagesOf(state, message.channel).set(message.ts, message);
    changes.emit({ kind: 'message', message });
    const parent = message.threadTs === undefined ? undefined : messagesOf(state, message.channel).get(message.threadTs);
    if (parent !== undefined) changes.emit({ kind: 'message', message: parent });
    events.message(message, 'posted');
    return message;
  }

  function changed(message: StoredMessage, previous?: Dict): void {
    changes.emit({ kind: 'message', message });
    if (previous !== undefined) events.message(message, 'changed', previous);
  }

  function ephemeral(fresh: Omit<StoredEphemeral, 'id' | 'ts'>): StoredEphemeral {
    const stored: StoredEphemeral = { ...fresh, id: randomId('E'), ts: time.ts() };
    state.ephemerals.set(stored.id, stored);
    changes.emit({ kind: 'ephemeral', ephemeral: stored });
    return stored;
  }

  function content(args: Args, maxText: number): { text: string; blocks?: Block[]; metadata?: Dict } {
    const text = args.text('text') ?? '';
    const given = args.json('blocks', 'invalid_blocks_format');
    const blocks = given === undefined ? undefined : checkBlocks(given, 'message');
    const markdown = args.text('markdown_text');
    if (markdown !== undefined) {
      if (text !== '' || blocks !== undefined) throw new SlackRefusal('markdown_text_conflict');
      if (markdown.length > MARKDOWN_TEXT) throw new SlackRefusal('msg_too_long');
      return { text: markdown, blocks: checkBlocks([{ type: 'markdown', text: markdown }], 'message') };
    }
    if (text === '' && (blocks === undefined || blocks.length === 0)) throw new SlackRefusal('no_text');
    if (text.length > maxText) throw new SlackRefusal('msg_too_long');
    const metadata = args.json('metadata', 'invalid_metadata_format');
    if (metadata !== undefined && (!isDict(metadata) || typeof metadata.event_type !== 'string' || !isDict(metadata.event_payload)))
      throw new SlackRefusal('invalid_metadata_format');
    return { text, ...(blocks === undefined ? {} : { blocks }), ...(isDict(metadata) ? { metadata } : {}) };
  }

  /** Of the message that a reply is to; nothing where there is none (any more). */
  function rootOf(channel: string, args: Args): { threadTs?: string } {
    const parent = messagesOf(state, channel).get(args.text('thread_ts') ?? '');
    return parent === undefined ? {} : { threadTs: parent.threadTs ?? parent.ts };
  }

  function own(args: Args, refusal: string): StoredMessage {
    const channel = memberChannel(state, args.need('channel'));
    const message = messagesOf(state, channel.id).get(args.need('ts'));
    if (message === undefined) throw new SlackRefusal('message_not_found');
    if (message.user !== BOT.user) throw new SlackRefusal(refusal);
    return message;
  }

  return {
    post,
    changed,
    ephemeral,
    content,
    methods: {
      'chat.postMessage'(args) {
        const channel = memberChannel(state, args.need('channel'));
        // A reply to a deleted message stands in the open channel (facts: slack#web-api-clients).
        const message = post({ channel: channel.id, user: BOT.user, ...rootOf(channel.id, args), ...content(args, POST_TEXT) });
        return { channel: channel.id, ts: message.ts, message: apiMessage(state, message, { metadata: true }) };
      },
      'chat.update'(args) {
        const message = own(args, 'cant_update_message');
        if (message.stream?.state === 'streaming') throw new SlackRefusal('streaming_state_conflict');
        const { text, blocks, metadata } = content(args, UPDATE_TEXT);
        const previous = apiMessage(state, message);
        message.text = text;
        // An update without blocks drops them, as Slack does when text is given.
        if (blocks === undefined) delete message.blocks;
        else message.blocks = blocks;
        if (metadata !== undefined) message.metadata = metadata;
        // A sealed stream's remains, its error pill among them, go with the first update (facts: slack#streams).
        delete message.stream;
        message.edited = time.ts();
        changed(message, previous);
        return { channel: message.channel, ts: message.ts, text, message: apiMessage(state, message, { metadata: true }) };
      },
      'chat.delete'(args) {
        const message = own(args, 'cant_delete_message');
        if (message.stream?.state === 'streaming') throw new SlackRefusal('cant_delete_message');
        if (message.threadTs === undefined && repliesOf(state, message.channel, message.ts).length > 0) {
          // In its place a tombstone stands at the head of the replies (facts: slack#deleted-messages).
          const { channel: at, ts } = message;
          const tombstone = {
            channel: at,
            ts,
            user: SLACKBOT,
            text: 'This message was deleted.',
            subtype: 'tombstone',
            reactions: new Map(),
          };
          messagesOf(state, at).set(ts, tombstone);
          changed(tombstone, apiMessage(state, message));
        } else {
          messagesOf(state, message.channel).delete(message.ts);
          changes.emit({ kind: 'removed', channel: message.channel, ts: message.ts });
          events.message(message, 'deleted');
        }
        return { channel: message.channel, ts: message.ts };
      },
      'chat.postEphemeral'(args) {
        const channel = memberChannel(state, args.need('channel'));
        const to = args.need('user');
        if (!state.users.has(to)) throw new SlackRefusal('user_not_found');
        if (!channel.members.has(to)) throw new SlackRefusal('user_not_in_channel');
        const { text, blocks } = content(args, POST_TEXT);
        const root = rootOf(channel.id, args);
        if (args.has('thread_ts') && root.threadTs === undefined) throw new SlackRefusal('thread_not_found');
        const shown = ephemeral({
          channel: channel.id,
          to,
          from: BOT.user,
          text,
          ...root,
          ...(blocks ? { blocks } : {}),
        });
        return { message_ts: shown.ts };
      },
      'reactions.add'(args) {
        const channel = visibleChannel(state, args.need('channel'));
        const message = messagesOf(state, channel.id).get(args.need('timestamp'));
        if (message === undefined) throw new SlackRefusal('message_not_found');
        const name = args.need('name');
        const users = message.reactions.get(name) ?? new Set();
        if (users.has(BOT.user)) throw new SlackRefusal('already_reacted');
        message.reactions.set(name, users.add(BOT.user));
        changed(message);
        return {};
      },
    },
  };
}
