// The limits of finding and preparing the CLI, each with where it comes from.

const MINUTE = 60_000;
const MB = 1024 * 1024;

export const LIMITS = {
  /** A download without a new byte for this long has failed. */
  downloadIdleMs: 30_000,
  /** The archive of 1.9.0 has about 30 MB; the unpacked CLI 55 MB. */
  archiveBytes: 200 * MB,
  /** Parts of an archive are numbered with two digits. */
  parts: 100,
  /** `databricks --version` answers in well under a second; this much on a busy machine. */
  versionMs: 20_000,
  /** Building takes 2.5 minutes on 2 cores (test/databricks-cli). */
  buildMs: 30 * MINUTE,
  /** Where there is none it is looked for again: a network policy or a file may have changed by then. Twice as long after each time. */
  againMs: MINUTE,
  againMaxMs: 30 * MINUTE,
} as const;
