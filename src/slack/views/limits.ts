// The limits of Slack's blocks (facts: slack#blocks-and-their-limits).

export const LIMITS = {
  blocks: 50,
  sectionText: 3000,
  buttonText: 75,
  /** Of all markdown blocks of a message together. */
  markdown: 12_000,
  headerText: 150,
  taskTitle: 150,
} as const;
