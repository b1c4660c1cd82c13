// The live line from the server: reconnects for ever, and after every (re)connect reads the whole state so that nothing missed stays missed.

import { address } from './api.js';

/** Milliseconds to wait before the n-th try; the last one repeats. */
const WAITS = [300, 1000, 2000, 5000];
const EVENTS = /** @type {const} */ (['message', 'removed', 'ephemeral', 'ephemeral_removed', 'modal', 'home', 'toast']);

/**
 * Listens as one person until closed. While `reload` runs, events wait; they are whole values, so applying them late does no harm.
 * @param {{ as: string; reload: () => Promise<void>; onEvent: (name: string, data: any) => void; onLine: (up: boolean) => void }} options
 * @returns {{ close: () => void }}
 */
export function listen({ as, reload, onEvent, onLine }) {
  /** @type {EventSource | undefined} */
  let source;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let tries = 0;
  let closed = false;

  function connect() {
    const mine = new EventSource(address('/page/stream', { as }));
    source = mine;
    /** @type {(() => void)[] | undefined} */
    let waiting = [];
    mine.onopen = async () => {
      waiting ??= [];
      try {
        await reload();
      } catch {
        return retry(mine);
      }
      if (closed || source !== mine) return;
      tries = 0;
      onLine(true);
      const late = waiting;
      waiting = undefined;
      for (const apply of late ?? []) apply();
    };
    mine.onerror = () => retry(mine);
    for (const name of EVENTS) {
      mine.addEventListener(name, (event) => {
        const apply = () => !closed && onEvent(name, JSON.parse(/** @type {MessageEvent} */ (event).data));
        if (waiting) waiting.push(apply);
        else apply();
      });
    }
  }

  /** @param {EventSource} failed */
  function retry(failed) {
    failed.close();
    if (closed || source !== failed) return;
    onLine(false);
    timer = setTimeout(connect, WAITS[Math.min(tries++, WAITS.length - 1)]);
  }

  connect();
  return {
    close() {
      closed = true;
      clearTimeout(timer);
      source?.close();
    },
  };
}
