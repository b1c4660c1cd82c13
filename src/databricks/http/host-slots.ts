// The slots of one rate limit of a host, which the whole process shares.
import type { Clock } from '../../values/clock.ts';
import { createSlots } from '../../values/slots.ts';
import { LIMITS } from './limits.ts';

type Slots = ReturnType<typeof createSlots>;

/** By clock, of which a process has one, and by limit and host. */
const byClock = new WeakMap<Clock, Map<string, Slots>>();

/** The slots of one rate limit of a host. The whole process shares them, because Databricks counts everybody's calls together. */
export function hostSlots({ host, clock }: { host: string; clock: Clock }, limit: 'exportsPerSecond' | 'permissionsPerSecond'): Slots {
  const byLimit = byClock.get(clock) ?? new Map<string, Slots>();
  byClock.set(clock, byLimit);
  const key = `${limit} ${host}`;
  const slots = byLimit.get(key) ?? createSlots(LIMITS[limit], { ms: LIMITS.restMs, clock });
  byLimit.set(key, slots);
  return slots;
}
