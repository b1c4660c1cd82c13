// How much of a source is looked at: one foreign file must not hold the whole process up.

export const LIMITS = {
  /** UTF-16 units of a source's text; what lies behind is not read. The workspace exports at most 10 MB, notebooks people write stay far below. */
  textLength: 1_000_000,
  /** Cells of a notebook. */
  cells: 2_000,
  /** Nesting that a literal expression may have before it counts as computed. */
  literalDepth: 12,
  /** Rounds of 100 steps (tree-sitter calls back after each) that parsing a cell of Python may take, per 1,000 units of its text and in all. */
  pythonRoundsPerThousand: 200,
  pythonRounds: 20_000,
  /** Findings of one kind that an analysis lists. */
  listed: 500,
} as const;
