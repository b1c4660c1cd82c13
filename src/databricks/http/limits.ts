// The limits of this room, each with its source.

export const LIMITS = {
  /** Workspace exports: 60 a second for the whole workspace (facts: databricks#rate-limits). We take less: others need room. */
  exportsPerSecond: 50,
  /** GET permissions: 100 a second (facts: databricks#rate-limits); again less. */
  permissionsPerSecond: 80,
  /** Milliseconds that the slot of such a call rests after the answer: a second, and a little for timers that fire early. */
  restMs: 1010,
  /** Requests under way at once for one reading; enough to send one second's exports at once. */
  atOnce: 48,
  /** Sources of one bundle: a little less than the 10,000 files that a tree may have (bundle/check). */
  sources: 9_800,
  /** Bytes of all sources together: the 200 MB of a tree (bundle/check), less what we write. */
  sourcesBytes: 190 * 1024 * 1024,
  /** Bytes of deployed files that are remembered, so that a plan made again reads only what was written since; our choice. */
  deployedBytes: 64 * 1024 * 1024,
  /** Milliseconds since its last write before a file is remembered: times of writes may be whole seconds, and clocks differ. */
  freshMs: 10_000,
  /** How deep folders in a folder, and sources that lead to one another, are followed; our choice, far above what people have. */
  depth: 40,
  /** Folders that one collection lists; our choice. */
  folders: 2_000,
  /** Sources that one collection looks at, counted again for each sys.path that they are imported with; our choice. */
  visits: 100_000,
  /** Jobs, pipelines and dashboards that are read with a job; our choice, far above what people have. */
  related: 200,
  /** Pipelines whose definition is read, with a request each, to see whether they use a folder; our choice. */
  pipelinesRead: 60,
  /** Pages of a list that are looked through; our choice. */
  listPages: 20,
  /** An export answers at most 10 MB (facts: databricks#workspace-files); the same bound for JSON bodies. */
  responseBytes: 10 * 1024 * 1024,
  /** jobs/list answers at most 100 jobs a page (facts: databricks#paging). */
  jobsPerPage: 100,
  /** Pages of jobs/list that are looked through: 5,000 jobs. */
  jobListPages: 50,
  /** Jobs, clusters or pipelines that a list answers unless the caller says otherwise. */
  listed: 50,
  /** Pages of one jobs/get: 1,000 tasks at 100 a page (facts: databricks#paging), and one to spare. */
  jobGetPages: 11,
  /** Files of DBFS or a Volume on one page: as many as a model is shown at once (fs/directories answers at most 1,000). */
  dataFilesPerPage: 100,
  /** Bytes of a query's result (byte_limit of the statement execution API, below its 25 MB for inline results); our choice. */
  queryBytes: 1024 * 1024,
  /** Milliseconds after which a query is cancelled; a little less than a tool call may last. */
  queryMs: 540_000,
  /** Milliseconds between looks at a query: first, and at most. */
  pollMs: 200,
  pollMostMs: 5_000,
  /** Seconds for which a call is repeated after 429 and transient errors (the SDK's default of 300 is too long for somebody who waits). */
  retrySeconds: 30,
  /** Seconds without an answer after which a socket is closed. */
  idleSeconds: 20,
  /** Milliseconds for a call with all its repeats; without it a redirect, which the SDK never answers, would be waited for without end. */
  callMs: 60_000,
} as const;
