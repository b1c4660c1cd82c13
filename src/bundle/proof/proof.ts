// What the proof says: every setting of the definition, and what became of it in the bundle's resolved configuration.
import type { Json } from '../../values/json.ts';
import type { Currency } from '../currency/classify.ts';

export type ProofVerdict =
  /** Same value in the resolved target. */
  | 'identical'
  /** A workspace path that now points to the bundle's own copy of that file. */
  | 'source'
  /** A variable or reference that has this value in the target. */
  | 'variable'
  /** The bundle says what the platform would fill in by itself. */
  | 'added'
  /** The platform, the CLI or the target's mode decides it, or the bundle leaves it to them; `why` says the reason. */
  | 'decided'
  /** Different because somebody asked for it in the thread; only in versions after the first. */
  | 'edited'
  /** An error: the bundle would not make this job. */
  | 'lost';

export interface ProofEntry {
  /** Path in the settings, such as `tasks[load].notebook_task.notebook_path`; of what came along it begins with the resource, as `pipelines.sales: `. */
  readonly place: string;
  readonly verdict: ProofVerdict;
  readonly was?: Json | undefined;
  readonly is?: Json | undefined;
  readonly why?: string | undefined;
  /** Of a setting that the CLI at hand can't say: the tree writes it, and it is lost all the same. */
  readonly standing?: Exclude<Currency, 'expressible'> | undefined;
}

/** An entry before it is known whether a difference was asked for. */
export type Finding = Omit<ProofEntry, 'verdict'> & { readonly verdict: Exclude<ProofVerdict, 'edited'> };

/** What became of the files that came from the workspace. */
export interface SourceProof {
  readonly files: number;
  /** Nobody read them: each only says which file it stands for. */
  readonly madeUp?: true;
  /** Byte for byte as the workspace gave them. */
  readonly identical: number;
  /** The others; `told` where `why` is reason enough and nobody needs to look into it. */
  readonly changed: readonly { readonly path: string; readonly file: string; readonly why: string; readonly told: boolean }[];
}

export interface Proof {
  /** The target whose resolved configuration was compared. */
  readonly target: string;
  /** Who resolved it, in words: `Databricks CLI 1.9.0`. */
  readonly judge: string;
  /** Of a bundle made from a folder, where there is no original: then this is a check of what was proposed. */
  readonly folder?: string | undefined;
  readonly entries: readonly ProofEntry[];
  readonly counts: Readonly<Record<ProofVerdict, number>>;
  readonly sources: SourceProof;
  /** Resources of which nobody could be asked who may do what with them: that is not compared. Absent where there is none. */
  readonly unreadGrants?: readonly string[] | undefined;
  /** Hard-coded secrets in the bundle: where and what, never the value. */
  readonly secrets: readonly { readonly place: string; readonly kind: string }[];
  /** What the CLI warned of while validating, in its own words (paths and hosts removed). */
  readonly warnings: readonly string[];
}

/** How many entries there are of each verdict. */
export function countsOf(entries: readonly Pick<ProofEntry, 'verdict'>[]): Record<ProofVerdict, number> {
  const counts: Record<ProofVerdict, number> = { identical: 0, source: 0, variable: 0, added: 0, decided: 0, edited: 0, lost: 0 };
  for (const { verdict } of entries) counts[verdict]++;
  return counts;
}

/** Whether nothing is lost that nobody asked for. */
export function holds(proof: Proof): boolean {
  return proof.counts.lost === 0 && proof.sources.changed.every(({ told }) => told);
}

/** Where no CLI can be had, or validation failed, there is no proof but a reason and a way out, in words for people. */
export interface NoProof {
  readonly problem: string;
  readonly next: string;
}
