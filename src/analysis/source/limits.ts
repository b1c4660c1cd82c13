// How much of a source is looked at: one foreign file must not hold the whole process up.

export const LIMITS = {
  /** UTF-16 units of a source's text; what lies behind is not read. The workspace exports at most 10 MB, notebooks people write stay far below. */
  textLength: 1_000_000,
  /** Cells of a notebook. */
  cells: 2_000,
  /** Nesting that a literal expression may have before it counts as computed. */
  literalDepth: 40,
  /** Units of a string put together from parts; names that may have a value in one source. */
  literalLength: 20_000,
  constants: 1_000,
  /**
   * Calls of one of a source's own functions that are followed into it, each for itself; parameters of one, units of a call's arguments, and calls
   * in such functions that are read once more, of all together.
   */
  callsFollowed: 10,
  parametersFollowed: 20,
  argumentsLength: 1_000,
  readFollowing: 2_000,
  /** Units of a line that patterns look at: magics, imports in broken Python. */
  lineLength: 4_096,
  /** Rounds of 100 steps (tree-sitter calls back after each) that parsing a cell of Python may take, per 1,000 units of its text and in all. */
  pythonRoundsPerThousand: 200,
  pythonRounds: 20_000,
  /** Files of Python in a wheel that are looked for, and modules of it that are read. */
  wheelFiles: 5_000,
  wheelModules: 100,
  /** Units of a name to each side of the word that makes it suspicious, of a value, and of what is looked at beside a name for its value. */
  nameLength: 120,
  valueLength: 4_096,
  besideLength: 400,
  /** Units of one piece of SQL that the parser is given, and of all the SQL of a source. */
  sqlLength: 100_000,
  /** Units of one statement: a longer one, which holds data, is read up to there, by its keywords. */
  sqlStatement: 30_000,
  sqlTotal: 300_000,
  /** Brackets within brackets of a statement that the parser is given; people's have some ten. */
  sqlDepth: 100,
  /** Links of a chain of calls, as in `spark.read.format(…).load(…)`. */
  chain: 30,
  /** Sources of a folder that an order is proposed for: each pair of them is compared. */
  ordered: 200,
  /** Places at which a source names tables. */
  named: 2_000,
  /** Findings of one kind that an analysis lists. */
  listed: 500,
} as const;
