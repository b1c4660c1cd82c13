// The limits of a running CLI, each with where it comes from.

const MINUTE = 60_000;
const MB = 1024 * 1024;

export const LIMITS = {
  /**
   * A read of the CLI (validate, plan, summary) is ended after this; a plan of 1,000 files takes 1 s, silent repeats of 429 would take 15
   * min (facts: cli#speed, cli#network-faults).
   */
  readMs: 3 * MINUTE,
  /** Reads of the CLI that run side by side, whoever asks for them: more would share two cores, each with some 100 MB. Our choice. */
  readsAtOnce: 8,
  /**
   * After this a deploy is called unknown but never ended: two rounds of 15 min repeats and an upload of minutes
   * (facts: cli#network-faults, cli#speed).
   */
  deployMs: 45 * MINUTE,
  /**
   * A CLI that can't be seen is taken for dead when nothing has changed for so long where it writes, in a workspace that answers: it gives a call
   * up after a minute, and repeats only what Databricks refuses.
   */
  quietMs: 10 * MINUTE,
  /** Seconds for one call of the CLI; its default is 90 (facts: cli#network-faults). */
  callSeconds: 60,
  /** Percent by which the CLI's memory grows before it is tidied, where Go's 100 cost a quarter of its time (facts: cli#speed). */
  memoryGrowth: 400,
  /** From here on it is tidied as often as needed. */
  memory: '256MiB',
  /** How often the output of a running CLI is looked at: progress lines and size. */
  watchMs: 150,
  /** A read that writes more than this is ended; 1,000 tasks resolve to about 2 MB. */
  outputBytes: 64 * MB,
  /** Milliseconds for which it is known what a target resolves to: from the check of a version to its card. Our choice. */
  resolvedMs: 3 * MINUTE,
  /** So many at most are known, the newest ones; that of a usual job is some 20 kB. */
  resolvedTargets: 64,
  /** Characters of the CLI's own words that people see. */
  wordsShown: 600,
  /** Warnings kept of one validation. */
  warningsKept: 50,
  /** `bundle schema` takes 0.1 s and is 840 kB (facts: bundles#unknown-fields). */
  schemaMs: 10_000,
  schemaBytes: 16 * MB,
  /** Files of a bundle that are written at once; far below what a process may have open. */
  filesAtOnce: 32,
  /** Milliseconds after which nothing works in a folder any more: a command that was left may run for an hour. Our choice. */
  leftMs: 24 * 60 * MINUTE,
  /** A turn waits this long for a CLI that is only being looked for. */
  lookMs: 3000,
} as const;
