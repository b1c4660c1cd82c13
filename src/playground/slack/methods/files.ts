// The three-step upload, files.info, and the bytes behind them; sharing happens a moment later, as in Slack (facts: slack#uploads).
import { randomBytes } from 'node:crypto';
import { checkBlocks } from '../blocks/block-rules.ts';
import { type Args, type Dict, isDict, randomId, refusalWith, SlackRefusal } from '../protocol/refusal.ts';
import type { Time } from '../protocol/time.ts';
import { BOT, memberChannel, messagesOf, type State, type StoredFile } from '../team/state.ts';
import type { Messages } from './messages.ts';

interface Files {
  readonly methods: Readonly<Record<string, (args: Args, base: string) => Dict>>;
  /** Takes the bytes POSTed to an upload_url. @returns an HTTP status and words, as Slack answers in plain text */
  upload(key: string, bytes: Uint8Array): { status: number; text: string };
}

/** @param shareDelayMs how long a completed upload takes to appear as a message, milliseconds of the clock */
export function createFiles(state: State, time: Time, messages: Messages, shareDelayMs: () => number): Files {
  function shown(file: StoredFile, base: string): Dict {
    const shares: Record<string, Record<string, Dict[]>> = {};
    for (const share of file.shares) {
      const kind = state.channels.get(share.channel)?.kind === 'channel' ? 'public' : 'private';
      const place: Dict = { ts: share.ts, ...(share.threadTs === undefined ? {} : { thread_ts: share.threadTs }) };
      shares[kind] = { ...shares[kind], [share.channel]: [...(shares[kind]?.[share.channel] ?? []), place] };
    }
    return {
      id: file.id,
      name: file.name,
      title: file.title,
      size: file.length,
      mode: 'hosted',
      user: BOT.user,
      url_private: `${base}/files-pri/${file.id}/${encodeURIComponent(file.name)}`,
      url_private_download: `${base}/files-pri/${file.id}/${encodeURIComponent(file.name)}?download=1`,
      shares,
    };
  }

  function share(files: readonly StoredFile[], channel: string, args: Args): void {
    const threadTs = args.text('thread_ts');
    const comment = args.text('initial_comment');
    const given = comment === undefined ? args.json('blocks', 'invalid_blocks_format') : undefined;
    // A markdown block here breaks Slack itself (facts: slack#uploads).
    if (Array.isArray(given) && given.some((block) => isDict(block) && block.type === 'markdown')) throw new SlackRefusal('internal_error');
    const blocks = given === undefined ? undefined : checkBlocks(given, 'message');
    if (threadTs !== undefined && !messagesOf(state, channel).has(threadTs)) throw new SlackRefusal('thread_not_found');
    const show = () => {
      const message = messages.post({
        channel,
        user: BOT.user,
        text: comment ?? '',
        subtype: 'file_share',
        files: files.map((file) => file.id),
        ...(threadTs === undefined ? {} : { threadTs }),
        ...(blocks === undefined ? {} : { blocks }),
      });
      for (const file of files) file.shares.push({ channel, ts: message.ts, ...(threadTs === undefined ? {} : { threadTs }) });
    };
    const delay = shareDelayMs();
    if (delay === 0) show();
    else time.after(delay, show);
  }

  return {
    methods: {
      'files.getUploadURLExternal'(args, base) {
        const length = args.number('length');
        const name = args.need('filename');
        if (length === undefined || length <= 0) throw refusalWith('invalid_arguments', ['missing required field: length']);
        const uploadKey = randomBytes(12).toString('hex');
        const file: StoredFile = { id: randomId('F'), name, title: name, length, uploadKey, complete: false, shares: [] };
        state.files.set(file.id, file);
        return { upload_url: `${base}/upload/v1/${uploadKey}`, file_id: file.id };
      },
      'files.completeUploadExternal'(args, base) {
        const given = args.json('files', 'invalid_arguments');
        if (!Array.isArray(given) || given.length === 0) throw refusalWith('invalid_arguments', ['missing required field: files']);
        const target = args.text('channel_id') ?? args.text('channels');
        // A user's id is not taken here, unlike in chat.postMessage (facts: slack#uploads).
        if (target !== undefined && !/^[CGDZ]/.test(target)) throw new SlackRefusal('invalid_channel');
        const channel = target === undefined ? undefined : memberChannel(state, target);
        const files = given.map((entry: unknown) => {
          const file = isDict(entry) && typeof entry.id === 'string' ? state.files.get(entry.id) : undefined;
          if (file?.bytes === undefined || file.complete) throw new SlackRefusal('file_not_found');
          if (isDict(entry) && typeof entry.title === 'string') file.title = entry.title;
          return file;
        });
        if (channel !== undefined) share(files, channel.id, args);
        for (const file of files) file.complete = true;
        return { files: files.map((file) => shown(file, base)) };
      },
      'files.info'(args, base) {
        const file = state.files.get(args.need('file'));
        if (file?.complete !== true) throw new SlackRefusal('file_not_found');
        return { file: shown(file, base) };
      },
    },
    upload(key, bytes) {
      const file = [...state.files.values()].find((known) => known.uploadKey === key);
      if (file === undefined || file.complete) return { status: 404, text: 'not found' };
      if (bytes.length !== file.length) return { status: 400, text: `expected ${file.length} bytes, got ${bytes.length}` };
      file.bytes = bytes;
      return { status: 200, text: `OK - ${bytes.length}` };
    },
  };
}
