// Names a program that was started here, so that whoever comes later can tell whether it still runs.
import { readFileSync, readlinkSync } from 'node:fs';
import { z } from 'zod';

/** One run of a program on a machine: the number of a process is given again, with its start it is not. */
export const Program = z.object({ machine: z.string(), pid: z.int(), started: z.string() });
export type Program = Readonly<z.infer<typeof Program>>;

/** A child that has just been started; undefined where the system does not say enough: only Linux does (proc(5)). */
export function programOf(pid: number | undefined): Program | undefined {
  const machine = machineHere();
  const started = pid === undefined ? undefined : startOf(pid);
  return machine === undefined || pid === undefined || started === undefined ? undefined : { machine, pid, started };
}

/** Undefined of a program on another machine, or in another container, whose processes nobody sees from here. */
export function isRunning({ machine, pid, started }: Program): boolean | undefined {
  return machine === machineHere() ? startOf(pid) === started : undefined;
}

/** Which start of which kernel, and which of the sets of processes on it: a container has its own. */
function machineHere(): string | undefined {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return undefined;
  }
}

/** In ticks since the machine was started; undefined where there is no such process, or it has ended and only its parent has not heard of it. */
function startOf(pid: number): string | undefined {
  try {
    const said = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The program's name, in brackets, may hold anything; what follows begins with the third field.
    const [state, ...rest] = said.slice(said.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? undefined : rest[18];
  } catch {
    return undefined;
  }
}
