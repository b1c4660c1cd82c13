// Says messages once: each carries its outbox id as metadata, so that one whose answer was lost is found again, not repeated; none gets out of its thread.
import { createHash } from 'node:crypto';
import { WebAPIPlatformError, WebAPIRateLimitedError, type WebClient } from '@slack/web-api';
import type { Outbox } from '../../conversation/rows.ts';
import type { Clock } from '../../values/clock.ts';
import type { Logger } from '../../values/log.ts';
import { slackError, UNSURE } from '../bolt/passing.ts';
import type { RateLimits } from '../bolt/rate-limits.ts';
import type { Message } from '../views/blocks.ts';

/** Marks our messages in Slack's own metadata. */
const METADATA_TYPE = 'dab_message';
/** How many of the newest messages are looked through for a lost one. */
const LOOK_BACK = 50;
/** A file shows in its thread some time after the upload (facts: slack#uploads); what is said next should stand below it. */
const SHARE_LOOKS_MS = [200, 400, 800, 1600];
/** Of a minute's looks so many are left to whoever must know what it has said. Our choice. */
const KEPT_LOOKS = 20;
/** The calls of an upload that have a rate. */
const UPLOAD_CALLS = ['files.getUploadURLExternal', 'files.completeUploadExternal'];
/** What is said beside an upload waits so long for its file to show, and then stands above it. Our choice. */
const UPLOAD_MS = 10_000;
/** How long a call that Slack puts off (429) is tried again after the waits it asks for: in a busy channel one a second gets through. Our choice. */
const PUT_OFF_MS = 120_000;
const JITTER_MS = 1000;
/** A thread in which something was said so lately is taken to be there. Our choice. */
const THERE_MS = 60_000;
/** There are no replies to a message that is not there. */
const GONE = 'thread_not_found';

/** Looks for what an earlier try has said. */
type Find = () => Promise<string | undefined>;

/** One way of saying something: what is waited for, and what is done then. */
interface Send {
  readonly allowed: () => Promise<void>;
  readonly send: () => Promise<string>;
}

interface Where {
  readonly channel: string;
  readonly threadTs?: string | undefined;
}

export interface Upload {
  readonly name: string;
  /** Says which of the files of a thread it is: one whose answer was lost is known by it. */
  readonly title: string;
  readonly bytes: Uint8Array;
  readonly comment: string;
}

export interface Poster {
  /** Posts a message unless this id was posted before; returns its ts. Rejects with `thread_not_found` where the thread is gone. */
  post(id: string, where: Where, message: Message): Promise<string>;
  /** Uploads a file unless this id was uploaded before; returns the file's id. */
  upload(id: string, where: Where, file: Upload): Promise<string>;
}

/**
 * `create` must be a client that never retries: a repeated chat.postMessage is a second message (facts: slack#web-api-clients). Its rates are
 * waited for here, before it is noted that a message is being sent.
 */
export function createPoster(deps: {
  create: WebClient;
  read: WebClient;
  rates: RateLimits;
  outbox: Outbox;
  clock: Clock;
  log: Logger;
}): Poster {
  const { create, read, rates, outbox, clock, log } = deps;

  /** Calls under way, by id: two callers at the same moment say it once. */
  const saying = new Map<string, Promise<string>>();

  /** Threads whose root message has been deleted: none comes back. */
  const gone = new Set<string>();

  /** When something was last said in a thread. */
  const there = new Map<string, number>();

  /** Files on their way into a thread, by channel and thread. */
  const uploading = new Map<string, Promise<unknown>>();

  /** Until the files that others of this process send into a thread show there. */
  async function uploadsIn(where: Where): Promise<void> {
    const underway = uploading.get(threadOf(where));
    if (underway === undefined) return;
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const cancel = clock.after(UPLOAD_MS, resolve);
    await Promise.race([underway, late]).finally(cancel);
  }

  function noteUpload(where: Where, upload: Promise<unknown>): void {
    const thread = threadOf(where);
    const all = Promise.allSettled([uploading.get(thread), upload]).finally(() => {
      if (uploading.get(thread) === all) uploading.delete(thread);
    });
    uploading.set(thread, all);
  }

  function once(id: string, find: Find, send: Send, shown?: string): Promise<string> {
    const running = saying.get(id) ?? say(id, find, send, shown).finally(() => saying.delete(id));
    saying.set(id, running);
    return running;
  }

  /** Runs `send` for a row that was not sent, or takes what `find` finds of an earlier try. */
  async function say(id: string, find: Find, { allowed, send }: Send, shown: string | undefined): Promise<string> {
    const row = await outbox.get(id);
    if (row?.state === 'sent' && row.ts !== undefined) return row.ts;
    const earlier = row?.state === 'sending' ? await find() : undefined;
    if (earlier !== undefined) log.info({ message: id }, 'message had arrived before');
    // Directly before each try: whoever has waited may have lost its right to say it.
    const sent = async () => {
      await allowed();
      await outbox.sending(id);
      return send();
    };
    const ts = earlier ?? (await whenAllowed(sent, clock).catch((error: unknown) => refused(id, error)));
    // An earlier try may have said it in other words.
    await outbox.sent(id, ts, earlier === undefined ? shown : undefined);
    return ts;
  }

  async function refused(id: string, error: unknown): Promise<never> {
    const code = slackError(error);
    // What was certainly not said need not be looked for at the next try.
    if (error instanceof WebAPIRateLimitedError || (code !== undefined && !UNSURE.has(code))) await outbox.refused(id);
    throw error;
  }

  function requireThread(where: Where): void {
    if (gone.has(threadOf(where))) throw threadGone();
  }

  /** Where Slack would show an upload to a deleted message is not known (facts: slack#web-api-clients), and it can't be looked for at once. */
  async function requireRoot({ channel, threadTs: ts }: Where): Promise<void> {
    const thread = threadOf({ channel, threadTs: ts });
    if (ts === undefined || clock.now() - (there.get(thread) ?? 0) < THERE_MS) return;
    await read.conversations.replies({ channel, ts, limit: 1 });
    there.set(thread, clock.now());
  }

  /** Slack posts the reply to a deleted message in the open channel, and says nothing of it (facts: slack#web-api-clients). */
  async function takeBack(where: Where, ts: string): Promise<void> {
    await read.chat.delete({ channel: where.channel, ts }).catch((error: unknown) => {
      if (slackError(error) !== 'message_not_found') throw error;
    });
    gone.add(threadOf(where));
    log.warn({ channel: where.channel, thread: where.threadTs, ts }, 'taken back from the open channel: the thread is gone');
  }

  async function findPost(id: string, where: Where): Promise<string | undefined> {
    const find = async (at: Where) => (await recent(read, at)).find((said) => metadataId(said) === id)?.ts;
    try {
      return await find(where);
    } catch (error) {
      if (where.threadTs === undefined || slackError(error) !== GONE) throw error;
      gone.add(threadOf(where));
      // Whoever said it may have died before it was taken back.
      const stray = await find({ channel: where.channel });
      if (stray !== undefined) await takeBack(where, stray);
      throw error;
    }
  }

  async function recent(client: WebClient, where: Where) {
    const answer =
      where.threadTs === undefined
        ? await client.conversations.history({ channel: where.channel, limit: LOOK_BACK, include_all_metadata: true })
        : await client.conversations.replies({ channel: where.channel, ts: where.threadTs, limit: 1000, include_all_metadata: true });
    return answer.messages ?? [];
  }

  return {
    async post(id, where, message) {
      await outbox.add({ id, kind: 'post', payload: {} });
      await uploadsIn(where);
      return once(
        id,
        () => findPost(id, where),
        {
          allowed: () => rates.wait('chat.postMessage', where.channel),
          send: () => send(id, where, message),
        },
        digestOf(message),
      );
    },

    upload(id, where, file) {
      const uploaded = upload(id, where, file);
      noteUpload(where, uploaded);
      return uploaded;
    },
  };

  async function send(id: string, where: Where, message: Message): Promise<string> {
    requireThread(where);
    const answer = await create.chat.postMessage({
      channel: where.channel,
      ...(where.threadTs === undefined ? {} : { thread_ts: where.threadTs }),
      ...(message.blocks.length === 0 ? { text: message.text } : message),
      unfurl_links: false,
      unfurl_media: false,
      metadata: { event_type: METADATA_TYPE, event_payload: { id } },
    });
    if (answer.ts === undefined) throw new Error('chat.postMessage answered without a ts');
    if (where.threadTs !== undefined && answer.message?.thread_ts === undefined) {
      await takeBack(where, answer.ts);
      throw threadGone();
    }
    there.set(threadOf(where), clock.now());
    return answer.ts;
  }

  async function upload(id: string, where: Where, file: Upload): Promise<string> {
    await outbox.add({ id, kind: 'upload', payload: {} });
    const fileId = await once(
      id,
      async () => (await recent(read, where)).flatMap((said) => said.files ?? []).find((seen) => seen.title === file.title)?.id,
      {
        async allowed() {
          requireThread(where);
          await requireRoot(where);
          for (const method of UPLOAD_CALLS) await rates.wait(method);
        },
        send: () => sendFile(where, file),
      },
    );
    await shared(where, fileId);
    return fileId;
  }

  async function sendFile(where: Where, file: Upload): Promise<string> {
    const answer = await create.filesUploadV2({
      channel_id: where.channel,
      ...(where.threadTs === undefined ? {} : { thread_ts: where.threadTs }),
      filename: file.name,
      title: file.title,
      file: Buffer.from(file.bytes),
      initial_comment: file.comment,
    } as Parameters<WebClient['filesUploadV2']>[0]);
    const [completed] = answer.files as { files?: { id?: string }[] }[];
    const fileId = completed?.files?.[0]?.id;
    if (fileId === undefined) throw new Error('files.completeUploadExternal answered without a file');
    return fileId;
  }

  /** Waits a little for the file's message, and looks for it while the rate for that lasts; that it is late is no error. */
  async function shared(where: Where, fileId: string): Promise<void> {
    const method = where.threadTs === undefined ? 'conversations.history' : 'conversations.replies';
    for (const wait of SHARE_LOOKS_MS) {
      const may = await rates.take(method, KEPT_LOOKS).catch(() => false);
      const said = may ? await recent(create, where).catch(() => []) : [];
      if (said.some((message) => message.files?.some((file) => file.id === fileId))) return;
      await clock.sleep(wait);
    }
  }
}

/** Says whether two messages show the same. */
export function digestOf(message: Message): string {
  return createHash('sha256').update(JSON.stringify(message)).digest('hex');
}

function threadOf({ channel, threadTs = '' }: Where): string {
  return `${channel} ${threadTs}`;
}

function metadataId(message: object): unknown {
  const { metadata } = message as { metadata?: { event_type?: string; event_payload?: { id?: unknown } } };
  return metadata?.event_type === METADATA_TYPE ? metadata.event_payload?.id : undefined;
}

/** A refused call (429) was certainly not carried out, so it may be made again. */
async function whenAllowed<T>(call: () => Promise<T>, clock: Clock): Promise<T> {
  const last = clock.now() + PUT_OFF_MS;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof WebAPIRateLimitedError) || clock.now() > last) throw error;
      await clock.sleep(jittered(error.retryAfter * 1000));
    }
  }
}

/** A little longer: all who were put off would come back at the same moment. */
export function jittered(ms: number): number {
  return ms + Math.floor(Math.random() * JITTER_MS);
}

/** What Slack ought to have said. */
function threadGone(): WebAPIPlatformError {
  return new WebAPIPlatformError({ ok: false, error: GONE });
}
