// The port through which a conversation shows itself; the Slack room implements it.
import type { Step } from '../agent/tools.ts';
import type { NoProof } from '../bundle/proof/proof.ts';
import type { DeployResult } from '../deployment/approval/deployment-proposal.ts';
import type { ConversationRow } from '../storage/conversations.ts';
import type { FileChange } from './story/file-changes.ts';

/** How a turn ended, as people see it. */
export type Ending = 'done' | 'failed' | 'stopped';

/** The live list of a turn's steps. */
export interface Progress {
  /** Shows a step, or what has become of it. Returns at once; showing is paced. */
  step(step: Step): void;
  /** Shows the last state and closes the list, in the background; no step stays open. */
  end(ending: Ending): void;
  /** Shows nothing more: another process goes on with the turn. */
  leave(): void;
}

/** Whose proof of a bundle is meant: paths under a home resolve differently for everybody. */
export interface ProvedAs {
  readonly host: string;
  readonly userName: string;
}

/** The proof in a line; the whole of it is a row that [Show the proof] opens. */
interface ProofSummary {
  readonly line: string;
  /** No setting differs that nobody asked to change. */
  readonly ok: boolean;
}

/**
 * What a card says where there is no plan: the CLI is on its way (`preparing` is how far) or not to be had (`noCli`), and the plan follows; or
 * a newer card stands in its place (`replaced`).
 */
type NoPlan = NoProof & { readonly preparing?: string; readonly noCli?: true; readonly replaced?: true };

/** What a thread is told when a turn is over, in the order of the rows. */
export type ThreadMessage =
  /**
   * The answer; `to` is mentioned, so that they are notified. `about`: their words, where other messages stand between those and the answer.
   * `later`: Claude was not heard, and is asked in this thread when somebody wants that.
   */
  | {
      readonly kind: 'reply';
      readonly to: string;
      readonly about?: string;
      readonly text: string;
      readonly changes?: readonly FileChange[];
      readonly later?: { readonly threadTs: string };
    }
  /** How a deployment ended; edits of the card notify nobody. */
  | { readonly kind: 'result'; readonly to: string; readonly target: string; readonly version: number; readonly result: DeployResult }
  /** The zip of a version; `to` is who made it. Absent in rows that are older than it. */
  | { readonly kind: 'archive'; readonly to?: string; readonly version: number; readonly bundleDigest: string; readonly as: ProvedAs }
  /** The whole of what a planned deployment would change, as a file below its card. */
  | { readonly kind: 'release'; readonly version: number; readonly proposalId: string }
  /** A write that waits for a click; its card is drawn from its row. */
  | { readonly kind: 'write'; readonly proposalId: string }
  /** How an approved write ended. */
  | { readonly kind: 'write_result'; readonly to: string; readonly proposalId: string }
  /** Proof and plan of a version; the state of its proposal is read whenever the card is drawn. */
  | {
      readonly kind: 'card';
      readonly version: number;
      readonly bundleDigest: string;
      readonly as: ProvedAs;
      /** Left out: the target that every card offers. */
      readonly target?: string;
      readonly proof: ProofSummary | NoProof;
      readonly plan: { readonly proposalId: string } | NoPlan;
    };

export type Card = Extract<ThreadMessage, { kind: 'card' }>;

/** A fresh plan of a version, as the way on. */
export interface PlanOffer {
  readonly conversationId: string;
  readonly version: number;
  /** Left out: the target that every card offers. */
  readonly target?: string | undefined;
}

export interface Thread {
  /** Opens the list of steps, or goes on with the one that a killed process left (`resumeTs`). */
  progress(turn: {
    readonly turnId: string;
    readonly conversation: ConversationRow;
    readonly to: string;
    readonly resumeTs: string | undefined;
    /** Told the ts of the message that shows the steps, as soon as there is one. */
    readonly shown: (ts: string) => Promise<void>;
    /** Called when somebody ends the turn on its list of steps. */
    readonly stopped: () => void;
  }): Progress;
  /**
   * Says one stored message, as well as it can be said: when it resolves, nothing of it holds up what comes next. Saying the same id again says
   * nothing twice.
   */
  deliver(id: string, conversation: ConversationRow, message: ThreadMessage): Promise<unknown>;
  /** Says something to one person alone, as well as it can be said; `again` offers them a fresh plan. */
  whisper(conversation: ConversationRow, to: string, words: string, again?: PlanOffer): Promise<void>;
  /**
   * Has the root message, the cards and the lists of steps drawn as the rows say they are, where that has changed: in the background, also after
   * this process has died. Resolves when that is noted. `pressed`: somebody waits for what comes of their press.
   */
  refresh(conversation: ConversationRow, pressed?: boolean): Promise<void>;
  /** Notes what an approved write is at, for the next drawing of its card; undefined when it is over. */
  atWork(proposalId: string, line: string | undefined): void;
}
