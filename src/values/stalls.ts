// Watches the event loop: a process that works on one thing for long answers nobody meanwhile, so each such stall is logged with what was running.
import type { Logger } from './log.ts';

/** No work on one message shall hold the process longer. Our choice: from here on others notice that they wait. */
const STALL_MS = 50;
/** How often is looked; what is a few milliseconds too long may be missed. */
const LOOK_MS = 10;
/** Shorter pieces of work are no part of a stall, and of many the last ones are kept. */
const PIECE_MS = 5;
const PIECES = 20;
/** Of work: from here on somebody should look into it. */
const LONG_MS = 1000;
/** Where it worked for less of the time, the machine had none for it, or it was paused. */
const OWN_MS = STALL_MS / 2;

/** What was called in one go since the last look, with how long it took. */
let pieces: { readonly what: string; readonly ms: number }[] = [];
/** What waits for something in between, by how many times it does. */
const underWay = new Map<string, number>();

/** Runs `work` under a name that the log gives if it stalls the process, or if something does while it is not done yet. */
export function during<T>(what: string, work: () => T): T {
  const began = performance.now();
  count(what, 1);
  let isOpen = false;
  try {
    const result = work();
    isOpen = result instanceof Promise;
    // Whoever asked hears of its failure.
    if (result instanceof Promise) result.finally(() => count(what, -1)).catch(() => {});
    return result;
  } finally {
    if (!isOpen) count(what, -1);
    const ms = performance.now() - began;
    if (ms >= PIECE_MS) pieces = [...pieces.slice(1 - PIECES), { what, ms }];
  }
}

function count(what: string, by: 1 | -1): void {
  const now = (underWay.get(what) ?? 0) + by;
  if (now > 0) underWay.set(what, now);
  else underWay.delete(what);
}

/** `onStall` counts each by what ran longest in it. Returns how to stop; no process stays for it. */
export function watchStalls(log: Logger, onStall: (what: string) => void = () => {}): () => void {
  let looked = performance.now();
  let worked = process.cpuUsage();
  const look = setInterval(() => {
    const [now, cpu, ran] = [performance.now(), process.cpuUsage(), pieces];
    const [ms, cpuMs] = [now - looked - LOOK_MS, (cpu.user + cpu.system - worked.user - worked.system) / 1000];
    [looked, worked, pieces] = [now, cpu, []];
    if (ms < STALL_MS) return;
    const what = cpuMs < OWN_MS ? 'nothing of ours' : culprit(ran, ms);
    onStall(what);
    const details = { ms: Math.round(ms), cpuMs: Math.round(cpuMs), pieces: ran.map((one) => ({ ...one, ms: Math.round(one.ms) })) };
    log[cpuMs < LONG_MS ? 'info' : 'warn']({ during: what, ...details, underWay: [...underWay.keys()] }, 'the process stood still');
  }, LOOK_MS).unref();
  return () => clearInterval(look);
}

/** The innermost piece that took most of the time, which ended first; else what is under way, if that is one thing. */
function culprit(ran: typeof pieces, ms: number): string {
  const [only, ...others] = [...underWay.keys()];
  return ran.find((one) => one.ms >= ms / 2)?.what ?? (others.length === 0 ? only : undefined) ?? 'unknown';
}
