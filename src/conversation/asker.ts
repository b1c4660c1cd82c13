// The port to a person who decides: who they are in Databricks, and words that they alone see.
import type { Identity } from '../identity/identities.ts';

export interface Asker {
  /** The person's identity; where there is none they are offered to connect (`why` it is needed), and the answer is undefined. */
  identity(why: string): Promise<Identity | undefined>;
  /** Says why not; `again` offers a fresh plan of that version as the way on. */
  refuse(reason: string, again?: PlanOffer): Promise<unknown>;
}

export interface PlanOffer {
  readonly conversationId: string;
  readonly version: number;
  readonly target: string;
}
