// What a target of a bundle resolves to: the CLI is asked once, and its answer is shared by the check, the proof and the plan of a version.
import { createHash } from 'node:crypto';
import type { BundleFile } from '../../bundle/model/bundle.ts';
import { deployerOf } from '../../bundle/proof/resolved-target.ts';
import type { Clock } from '../../values/clock.ts';
import { UserError } from '../../values/errors.ts';
import type { JsonObject } from '../../values/json.ts';
import type { OnWait, TokenSource } from '../../values/patience.ts';
import { orAborted } from '../../values/slots.ts';
import { LIMITS } from './limits.ts';

interface TargetToResolve {
  readonly files: readonly BundleFile[];
  readonly target: string;
  readonly host: string;
  /** Whom it is resolved for; the token must be theirs. */
  readonly userName: string;
  readonly token: TokenSource;
  readonly onWait?: OnWait | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** `version` is the CLI's. */
interface ResolvedTarget {
  readonly resolved: JsonObject;
  readonly warnings: readonly string[];
  readonly version: string;
}

interface Kept {
  readonly at: number;
  readonly answer: Promise<ResolvedTarget>;
}

/**
 * `validate` asks the CLI. Only for what is shown: before a write it is asked anew. Rejects with UserError, also where the target was
 * resolved for somebody else, or with the signal's reason.
 */
export function createResolver(validate: (asked: TargetToResolve) => Promise<ResolvedTarget>, clock: Pick<Clock, 'now'>) {
  /** Oldest first. */
  const kept = new Map<string, Kept>();

  function forget(name: string, { answer }: Pick<Kept, 'answer'>): void {
    if (kept.get(name)?.answer === answer) kept.delete(name);
  }

  function trim(): void {
    for (const [name, { at }] of kept) if (kept.size > LIMITS.resolvedTargets || clock.now() - at >= LIMITS.resolvedMs) kept.delete(name);
  }

  return async (asked: TargetToResolve): Promise<ResolvedTarget> => {
    trim();
    const name = nameOf(asked);
    for (let shared = kept.get(name); shared !== undefined; shared = kept.get(name)) {
      // Whoever began it may have been stopped, and hears of a failure themselves; then it is not kept any more.
      const ended = shared.answer.catch(() => undefined);
      const known = await (asked.signal === undefined ? ended : orAborted(ended, asked.signal));
      asked.signal?.throwIfAborted();
      if (known !== undefined) return known;
    }
    const answer = validate(asked).then((found) => ofPerson(found, asked));
    kept.set(name, { at: clock.now(), answer });
    answer.catch(() => forget(name, { answer }));
    return answer;
  };
}

/** Rejects where `resolved` is for somebody else than the person: the token is not theirs. */
export function ofPerson<T extends { readonly resolved: JsonObject }>(
  found: T,
  { target, userName }: { target: string; userName: string },
): T {
  if (deployerOf(found.resolved)?.toLowerCase() === userName.toLowerCase()) return found;
  throw new UserError({
    doing: `Planning target ${target}`,
    problem: `The sign-in does not belong to ${userName}.`,
    next: 'Disconnect, connect again, and ask for a fresh plan.',
  });
}

function nameOf({ files, target, host, userName }: TargetToResolve): string {
  const hash = createHash('sha256').update(JSON.stringify([target, host, userName.toLowerCase()]));
  for (const { path, bytes } of files) hash.update(`\n${JSON.stringify(path)} ${bytes.length}\n`).update(bytes);
  return hash.digest('hex');
}
