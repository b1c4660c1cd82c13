// response_url: five posts in thirty minutes, ephemeral or for all, also where the bot is no member (facts: slack#slash-commands).
import { randomBytes } from 'node:crypto';
import { checkBlocks } from '../blocks/block-rules.ts';
import { apiMessage } from '../events/events.ts';
import { RESPONSE_MS, RESPONSE_POSTS } from '../protocol/limits.ts';
import { type Dict, SlackRefusal } from '../protocol/refusal.ts';
import type { Time } from '../protocol/time.ts';
import type { Changes } from '../team/changes.ts';
import { BOT, messagesOf, type State } from '../team/state.ts';
import type { Messages } from './messages.ts';

/** What a response_url was given for. */
interface ResponseTarget {
  readonly channel: string;
  readonly user: string;
  readonly threadTs?: string;
  /** The clicked message, which replace_original and delete_original mean. */
  readonly messageTs?: string;
  readonly ephemeralId?: string;
}

export interface ResponseUrls {
  /** The path of a fresh response_url. */
  create(target: ResponseTarget): string;
  /** Takes a post. @returns an HTTP status and a body */
  post(key: string, body: Dict): { status: number; body: Dict };
  /** The same for what came as the payload of an ack. @throws a refusal of the content */
  apply(target: ResponseTarget, body: Dict): void;
}

export function createResponseUrls(state: State, time: Time, changes: Changes, messages: Messages): ResponseUrls {
  const open = new Map<string, { target: ResponseTarget; until: number; left: number }>();

  function apply(target: ResponseTarget, body: Dict): void {
    const original = target.messageTs === undefined ? undefined : messagesOf(state, target.channel).get(target.messageTs);
    const ephemeral = target.ephemeralId === undefined ? undefined : state.ephemerals.get(target.ephemeralId);
    if (body.delete_original === true) {
      if (original !== undefined) {
        messagesOf(state, original.channel).delete(original.ts);
        changes.emit({ kind: 'removed', channel: original.channel, ts: original.ts });
      }
      if (ephemeral !== undefined && state.ephemerals.delete(ephemeral.id))
        changes.emit({ kind: 'ephemeral_removed', id: ephemeral.id, to: ephemeral.to });
      return;
    }
    const text = typeof body.text === 'string' ? body.text : '';
    const blocks = body.blocks === undefined ? undefined : checkBlocks(body.blocks, 'message');
    if (text === '' && blocks === undefined) throw new SlackRefusal('no_text');
    const threadTs = typeof body.thread_ts === 'string' ? body.thread_ts : target.threadTs;
    const content = { text, ...(blocks === undefined ? {} : { blocks }) };
    if (body.replace_original === true && ephemeral !== undefined) {
      if (blocks === undefined) delete ephemeral.blocks;
      Object.assign(ephemeral, content);
      changes.emit({ kind: 'ephemeral', ephemeral });
    } else if (body.replace_original === true && original !== undefined) {
      const previous = apiMessage(state, original);
      if (blocks === undefined) delete original.blocks;
      Object.assign(original, content);
      original.edited = time.ts();
      messages.changed(original, previous);
    } else if (body.response_type === 'in_channel') {
      messages.post({ channel: target.channel, user: BOT.user, ...content, ...(threadTs === undefined ? {} : { threadTs }) });
    } else {
      messages.ephemeral({
        channel: target.channel,
        to: target.user,
        from: BOT.user,
        ...content,
        ...(threadTs === undefined ? {} : { threadTs }),
      });
    }
  }

  return {
    apply,
    create(target) {
      const key = randomBytes(16).toString('hex');
      open.set(key, { target, until: time.now() + RESPONSE_MS, left: RESPONSE_POSTS });
      return `/commands/${key}`;
    },
    post(key, body) {
      const entry = open.get(key);
      if (entry === undefined) return { status: 404, body: { ok: false, error: 'invalid_url' } };
      if (time.now() > entry.until) return { status: 404, body: { ok: false, error: 'expired_url' } };
      if (entry.left === 0) return { status: 404, body: { ok: false, error: 'used_url' } };
      try {
        apply(entry.target, body);
      } catch (error) {
        if (!(error instanceof SlackRefusal)) throw error;
        return { status: 400, body: { ok: false, error: error.code } };
      }
      entry.left -= 1;
      return { status: 200, body: { ok: true } };
    },
  };
}
