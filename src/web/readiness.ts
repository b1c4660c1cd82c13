// What /readyz says from the first moment of a start on: whether all that is needed is there, and else why not and for how long.
import type { Clock } from '../values/clock.ts';

/** Why something is not there; undefined where it is. */
type Look = () => string | undefined | Promise<string | undefined>;

export interface Readiness {
  readonly ok: boolean;
  /** What was looked at, each with how it is: `ok`, or since when not and why. */
  readonly checks: Readonly<Record<string, unknown>>;
}

/** `needs`: what is waited for at start, each with the reason until somebody looks. */
export function createReadiness<Need extends string>(clock: Pick<Clock, 'now'>, needs: Readonly<Record<Need, string>>) {
  const looks = new Map<string, Look>(Object.entries<string>(needs).map(([name, reason]) => [name, () => reason]));
  const begun = clock.now();
  const awaySince = new Map<string, number>([...looks.keys()].map((name) => [name, begun]));
  const beside = new Map<string, () => unknown>();

  async function check(name: string, look: Look) {
    const reason = await look();
    const now = clock.now();
    const since = awaySince.get(name) ?? now;
    if (reason === undefined) {
      awaySince.delete(name);
      return 'ok';
    }
    awaySince.set(name, since);
    return { state: 'away', reason, forSeconds: Math.round((now - since) / 1000) };
  }

  return {
    /** From now on it is looked at so. The time that it is away counts on. */
    watch: (name: Need, look: Look) => void looks.set(name, look),
    /** Said too, though the program works without it. */
    mention: (name: string, health: () => unknown) => void beside.set(name, health),
    async look(): Promise<Readiness> {
      const checked = await Promise.all([...looks].map(async ([name, look]) => [name, await check(name, look)] as const));
      const more = [...beside].map(([name, health]) => [name, health()] as const);
      return { ok: checked.every(([, health]) => health === 'ok'), checks: Object.fromEntries([...checked, ...more]) };
    },
  };
}
