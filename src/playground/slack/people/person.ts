// A person at the Slack stand-in, for tests and for the playground's own play: types, clicks, waits, and sees what they would see.

import { systemClock } from '../../../values/clock.ts';
import type { Filled } from '../blocks/inputs.ts';
import type { Delivery } from '../events/socket-mode.ts';
import type { Streams } from '../methods/streams.ts';
import type { Message, PageState, View, ViewValues } from '../protocol/page-api.ts';
import type { Changes } from '../team/changes.ts';
import { dmOf, type StandInUser, type State } from '../team/state.ts';
import { CannotDo, type Interactions } from './interactions.ts';
import type { Typing } from './typing.ts';
import type { Viewer } from './viewer.ts';

export interface Person {
  readonly id: string;
  /** Their DM with the bot. */
  readonly dm: string;
  /** Runs a slash command; settles when it is acked, or when Slack gave up (then `ephemerals` has Slack's words). */
  command(channel: string, line: string, options?: { thread?: string }): Promise<Delivery | undefined>;
  /** Posts a message, in a thread if told. @returns it as posted */
  say(channel: string, text: string, options?: { thread?: string }): Message;
  /**
   * Clicks a button (or chooses `value` in a select) of a message; by ts, the message as it stands *now* must have it.
   * `stale: true` clicks what the given copy of the message showed, though it may be gone by now.
   * @throws CannotDo when the message is not visible to them or has no such button
   */
  click(message: Message, actionId: string, options?: { stale?: boolean; blockId?: string; value?: string }): Promise<Delivery>;
  /** Clicks a button in the open modal, or in the home tab. */
  clickView(view: View, actionId: string, options?: { blockId?: string; value?: string }): Promise<Delivery>;
  /** Submits the open modal. @returns errors by block_id; empty when it was taken */
  submit(values?: Filled | ViewValues): Promise<Record<string, string>>;
  closeModal(): Promise<void>;
  /** Slack's own Stop button in a thread. */
  stop(channel: string, threadTs: string): void;
  openHome(tab?: 'home' | 'messages'): void;
  /** What they see of a channel (or everywhere), oldest first; with `thread` its root and replies. Without ephemerals. */
  messages(channel?: string, thread?: string): Message[];
  /** Messages only they can see. */
  ephemerals(channel?: string): Message[];
  modal(): View | null;
  home(): View | null;
  /** Slack's own words over the page since the start. */
  toasts(): readonly string[];
  /** Everything as the page would get it. */
  state(): PageState;
  /** Waits until `predicate` gives something (not undefined, null or false). @param timeoutMs real milliseconds, 5,000 unless told */
  waitFor<T>(predicate: (me: Person) => T | undefined | null | false, timeoutMs?: number): Promise<T>;
  /** The bytes of a file they can see. @throws CannotDo */
  download(fileId: string): Uint8Array;
}

interface PersonDeps {
  readonly state: State;
  readonly changes: Changes;
  readonly viewer: Viewer;
  readonly interactions: Interactions;
  readonly typing: Typing;
  readonly streams: Streams;
}

/** The file's bytes if it was shared where this person is. @throws CannotDo */
export function fileFor(state: State, viewer: Viewer, user: string, fileId: string): { name: string; bytes: Uint8Array } {
  const file = state.files.get(fileId);
  if (file?.bytes === undefined || !file.shares.some((share) => viewer.sees(user, share.channel)))
    throw new CannotDo('There is no such file here.');
  return { name: file.name, bytes: file.bytes };
}

export function createPerson(user: StandInUser, { state, changes, viewer, interactions, typing, streams }: PersonDeps): Person {
  const toasts: string[] = [];
  changes.listen((change) => {
    if (change.kind === 'toast' && change.user === user.id) toasts.push(change.text);
  });

  const seen = (channel: string | undefined): Message[] =>
    viewer.state(user).messages.filter((message) => channel === undefined || message.channel === channel);

  const person: Person = {
    id: user.id,
    dm: dmOf(user.id),
    command: (channel, line, options) => typing.command(user, channel, line, options?.thread),
    say: (channel, text, options) => viewer.message(typing.say(user, channel, text, options?.thread), user.id),
    click: (message, actionId, options) =>
      interactions.click(user, {
        channel: message.channel,
        messageTs: message.ts,
        ...(message.ephemeralId === undefined ? {} : { ephemeralId: message.ephemeralId }),
        actionId,
        blockId: options?.blockId,
        value: options?.value,
        stale: options?.stale === true ? (message.blocks ?? message.stream?.chunks.blocks) : undefined,
      }),
    clickView: (view, actionId, options) => interactions.click(user, { viewId: view.id, actionId, ...options }),
    async submit(values) {
      const view = person.modal();
      if (view === null) throw new CannotDo('No modal is open.');
      return interactions.submit(user, view.id, values ?? {});
    },
    async closeModal() {
      const view = person.modal();
      if (view === null) throw new CannotDo('No modal is open.');
      await interactions.close(user, view.id);
    },
    stop: (channel, threadTs) => streams.stop(channel, threadTs, user.id),
    openHome: (tab) => typing.home(user, tab ?? 'home'),
    messages: (channel, thread) =>
      seen(channel).filter(
        (message) => message.ephemeralId === undefined && (thread === undefined || message.ts === thread || message.threadTs === thread),
      ),
    ephemerals: (channel) => seen(channel).filter((message) => message.ephemeralId !== undefined),
    modal: () => viewer.state(user).modal,
    home: () => viewer.state(user).home,
    toasts: () => toasts,
    state: () => viewer.state(user),
    waitFor: (predicate, timeoutMs = 5_000) =>
      new Promise((resolve, reject) => {
        let stop = (): void => {};
        const look = (): void => {
          try {
            const found = predicate(person);
            if (found === undefined || found === null || found === false) return;
            stop();
            resolve(found);
          } catch (error) {
            stop();
            reject(error);
          }
        };
        const inTime = systemClock.deadline(timeoutMs, () => {
          stop();
          const last = person
            .messages()
            .slice(-3)
            .map((message) => message.text.slice(0, 200));
          reject(new CannotDo(`${user.name} waited ${timeoutMs} ms in vain. Last messages: ${JSON.stringify(last)}`));
        });
        const unwatch = systemClock.every(50, look);
        const deaf = changes.listen(look);
        stop = () => {
          inTime();
          unwatch();
          deaf();
        };
        look();
      }),
    download: (fileId) => fileFor(state, viewer, user.id, fileId).bytes,
  };
  return person;
}
