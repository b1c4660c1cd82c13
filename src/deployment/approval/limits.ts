// The limits of what people approve and what its card shows, each with where it comes from.

const MINUTE = 60_000;

export const LIMITS = {
  /** Lines of a plan as a tool tells it. */
  planLines: 40,
  /** How long a plan may be approved (facts: security#approvals). */
  approvalMs: { development: 24 * 60 * MINUTE, production: 60 * MINUTE },
  /**
   * Parts of a write that its card shows in full, in characters: what is approved must have been seen, and a message holds about 13,200
   * (facts: slack#blocks-and-their-limits).
   */
  statementCharacters: 8000,
  parametersCharacters: 4000,
  /** Parameters of one run. */
  parameters: 100,
  /** Resources that a card of a destroy lists; more than this is refused, since all must have been seen. */
  destroyed: 50,
} as const;
