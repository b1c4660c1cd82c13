// What a run names that it reads or changes, in a copy and in production.

export const KINDS = ['table', 'path', 'experiment', 'model'] as const;

/** Where something that a run may change is named. */
export interface Place {
  readonly kind: (typeof KINDS)[number];
  readonly name: string;
  /** The file or setting, which names it several times. */
  readonly holder: string;
  /** In words. */
  readonly where: string;
}

export interface Named extends Place {
  /** What it is in production, where that is another one and all of both is known. */
  readonly instead?: string | undefined;
  readonly changes: boolean;
}
