// Every limit of this room, with where it comes from.

export const LIMITS = {
  /** Workspace exports: 60 a second for the whole workspace (facts: databricks, rate limits). We take half: get-status and other users need room. */
  sourcesPerSecond: 30,
  /** Sources under way at once; enough to fill 30 a second at 200 ms a call. */
  sourcesAtOnce: 8,
  /** An export answers at most 10 MB (facts: databricks 1 gives the same cap for app files); the same bound for JSON bodies. */
  responseBytes: 10 * 1024 * 1024,
  /** jobs/list answers at most 100 jobs a page (facts: databricks 8). */
  jobsPerPage: 100,
  /** Pages of jobs/list that we look through for a name: 5,000 jobs. */
  jobListPages: 50,
  /** Jobs answered by listJobs unless the caller says otherwise. */
  jobsListed: 50,
  /** Pages of one jobs/get: 1,000 tasks at 100 a page (facts: databricks 8), and one to spare. */
  jobGetPages: 11,
  /** Seconds for which the SDK repeats 429 and transient errors (its default of 300 is too long for somebody who waits). */
  retrySeconds: 30,
  /** Seconds without an answer after which a socket is closed. */
  idleSeconds: 20,
  /** Milliseconds for a call with all its repeats; the SDK never answers a redirect, so it needs a bound of its own. */
  callMs: 60_000,
} as const;
