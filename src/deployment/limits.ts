// Every limit of this room, with where it comes from.

const MINUTE = 60_000;
const MB = 1024 * 1024;

export const LIMITS = {
  /**
   * A read of the CLI (validate, plan, summary) is ended after this; a plan of 1,000 files takes 1 s, silent repeats of 429 would take 15
   * min (facts: cli#speed, cli#network-faults).
   */
  readMs: 3 * MINUTE,
  /**
   * After this a deploy is called unknown but never ended: two rounds of 15 min repeats and an upload of minutes
   * (facts: cli#network-faults, cli#speed).
   */
  deployMs: 45 * MINUTE,
  /** Minutes that a token must still live when a deploy starts: 15 min of silent repeats count (facts: cli#network-faults). */
  tokenMinutes: 30,
  /** Seconds for one call of the CLI; its default is 90 (facts: cli#network-faults). */
  callSeconds: 60,
  /** How often the output of a running CLI is looked at: progress lines and size. */
  watchMs: 150,
  /** A read that writes more than this is ended; 1,000 tasks resolve to about 2 MB. */
  outputBytes: 64 * MB,
  /** Characters of the CLI's own words that people see. */
  wordsShown: 600,
  /** Warnings kept of one validation. */
  warningsKept: 50,
  /** Lines of a plan on its card. */
  planLines: 40,
  /** How long a plan may be approved (facts: security#approvals). */
  approvalMs: { dev: 24 * 60 * MINUTE, other: 60 * MINUTE },
  /**
   * Parts of a write that its card shows in full, in characters: what is approved must have been seen, and a message holds about 13,200
   * (facts: slack#blocks-and-their-limits).
   */
  statementCharacters: 8000,
  parametersCharacters: 4000,
  /** Parameters of one run. */
  parameters: 100,
  /** Statements run on after this in the warehouse, and nobody waits for them here. */
  statementMs: 30 * MINUTE,
  /** The statement API waits between 5 and 50 s itself before it answers "still running" (facts: databricks#runs-and-statements). */
  statementWaitSeconds: 30,
  statementPollMs: 2000,
  /** Of a statement's result: rows asked for, rows and columns shown, characters of a value shown. */
  rowsAsked: 100,
  rowsShown: 20,
  columnsShown: 12,
  valueCharacters: 100,
  /** A run is asked for again with the same idempotency token when no answer came. */
  runTries: 3,
  runPauseMs: 1000,
  /** Resources that a card of a destroy lists; more than this is refused, since all must have been seen. */
  destroyed: 50,
  /** A download without a new byte for this long has failed. */
  downloadIdleMs: 30_000,
  /** The archive of 1.9.0 has about 30 MB; the unpacked CLI 55 MB. */
  archiveBytes: 200 * MB,
  /** A turn waits this long for a CLI that is only being looked for. */
  lookMs: 3000,
  /** `databricks --version` answers in well under a second; this much on a busy machine. */
  versionMs: 20_000,
  /** Building takes 2.5 minutes on 2 cores (test/databricks-cli). */
  buildMs: 30 * MINUTE,
} as const;
