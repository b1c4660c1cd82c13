// Threads begin in a channel one after the other: Slack takes about one message a second there, and who asked first is served first.

export interface ChannelLine {
  /** How many are in it. */
  length(channel: string): number;
  /** Runs `work` when those that came before are done, however they ended. */
  wait<T>(channel: string, work: () => Promise<T>): Promise<T>;
}

export function createChannelLine(): ChannelLine {
  const lines = new Map<string, { length: number; last: Promise<unknown> }>();

  return {
    length: (channel) => lines.get(channel)?.length ?? 0,

    wait(channel, work) {
      const line = lines.get(channel) ?? { length: 0, last: Promise.resolve() };
      lines.set(channel, line);
      line.length++;
      const done = line.last.then(work).finally(() => {
        line.length--;
        if (line.length === 0) lines.delete(channel);
      });
      line.last = done.catch(() => undefined);
      return done;
    },
  };
}
