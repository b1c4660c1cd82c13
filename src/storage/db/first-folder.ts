// The folder of an embedded database as it is after its first start, made by the build: to make one anew takes seconds of the processor.
import { cpSync, existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Beside this file in dist. Sources have none: a first start from them makes its database itself. */
export const FIRST_FOLDER = join(import.meta.dirname, 'first', 'postgres');

/** Begins a folder of which there is nothing yet with a copy of another one. The caller has it locked. */
export function beginFolder(path: string, from: string): void {
  if (existsSync(path) || !existsSync(from)) return;
  const draft = `${path}.begun`;
  // What somebody left who was killed in the middle.
  rmSync(draft, { recursive: true, force: true });
  cpSync(from, draft, { recursive: true });
  renameSync(draft, path);
}
