// The limits of carrying out statements and runs, each with where it comes from.

const MINUTE = 60_000;

export const LIMITS = {
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
  /** A run is followed for so long; continuous jobs never end. Our choice. */
  followMs: 24 * 60 * MINUTE,
  /** An upload that a dead process left is begun anew for so long after its last file; our choice. */
  uploadAgainMs: 10 * MINUTE,
  /** Pauses between looks at a run grow with its age, by this share of it, within these bounds: runs/get takes 100 calls a second (facts: databricks#rate-limits). */
  lookShare: 0.1,
  lookMs: { least: 2000, most: MINUTE },
  /** Runs that are looked at together; our choice. */
  looksAtOnce: 20,
  /** Shortest pause between looks at a deployment whose CLI may be at work; it grows like those of a run: each is a plan of the CLI. Our choice. */
  unseenMs: MINUTE,
  /** Of what a failed task said. */
  errorCharacters: 1000,
} as const;
