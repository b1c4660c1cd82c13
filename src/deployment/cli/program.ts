// Names a program that was started here, so that whoever comes later can tell whether it still runs.
import { readFileSync, readlinkSync } from 'node:fs';
import { z } from 'zod';

/** One run of a program on a machine: the number of a process is given again, with its start it is not. `said` is the file that it prints into. */
export const Program = z.object({ machine: z.string(), pid: z.int(), started: z.string(), said: z.string() });
export type Program = Readonly<z.infer<typeof Program>>;

/** A child that has just been started; undefined where the system does not say enough: only Linux does (proc(5)). */
export function programOf(pid: number | undefined, said: string): Program | undefined {
  const machine = machineHere();
  const started = pid === undefined ? undefined : processOf(pid)?.started;
  return machine === undefined || pid === undefined || started === undefined ? undefined : { machine, pid, started, said };
}

/** What it has printed by now; undefined of a program on another machine, or where that is gone. */
export function saidOf({ machine, said }: Program): string | undefined {
  try {
    return machine === machineHere() ? readFileSync(said, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined of a program on another machine, or in another container, whose processes nobody sees from here. */
export function isRunning({ machine, pid, started }: Program): boolean | undefined {
  if (machine !== machineHere()) return undefined;
  const now = processOf(pid);
  // One that has ended stays there until its parent has heard of it.
  return now?.started === started && now.state !== 'Z' && now.state !== 'X';
}

/** Which start of which kernel, and which of the sets of processes on it: a container has its own. */
function machineHere(): string | undefined {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return undefined;
  }
}

/** Its state, and its start in ticks since that of the machine; undefined where there is no such process. */
function processOf(pid: number): { readonly state: string | undefined; readonly started: string | undefined } | undefined {
  try {
    const said = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The program's name, in brackets, may hold anything; what follows begins with the third field.
    const [state, ...rest] = said.slice(said.lastIndexOf(')') + 2).split(' ');
    return { state, started: rest[18] };
  } catch {
    return undefined;
  }
}
