// Builds the pinned CLI with Go, from the go.mod and go.sum that we keep.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import type { SetupProgress } from './fetch-archive.ts';
import { LIMITS } from './limits.ts';

/** Beside src/ and dist/ alike. */
export const GO_MOD_DIR = join(import.meta.dirname, '..', '..', '..', 'test', 'databricks-cli');

/** Packages that a cold build of 1.9.0 compiles, the standard library's among them (counted with `go list -deps`). */
const PACKAGES = 1020;

/** Whether a build can be tried: Go is on the PATH and the module files are there. Answers the executable. */
export function findGo(path: string, goModDir: string): string | undefined {
  if (!existsSync(join(goModDir, 'go.mod'))) return undefined;
  return path
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, 'go'))
    .find((file) => existsSync(file));
}

/** Runs `go build` in a copy of the module files and renames the executable into place. Rejects with a reason for people. */
export async function buildCli(
  options: { go: string; path: string; goEnv: Readonly<Record<string, string>>; goModDir: string; version: string; to: string },
  onProgress: SetupProgress,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'dab-go-'));
  const part = `${options.to}.${randomUUID()}.part`;
  try {
    await mkdir(dirname(options.to), { recursive: true });
    for (const file of ['go.mod', 'go.sum']) await copyFile(join(options.goModDir, file), join(folder, file));
    // Without buildVersion the CLI calls itself 0.0.0-dev and writes that into plans and state.
    const flags = `-s -w -X github.com/databricks/cli/internal/build.buildVersion=${options.version}`;
    const args = ['build', '-v', '-trimpath', '-ldflags', flags, '-o', part, 'github.com/databricks/cli'];
    const env = { ...options.goEnv, PATH: options.path, CGO_ENABLED: '0', GOWORK: 'off', GOTOOLCHAIN: 'local' };
    const go = spawn(options.go, args, { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'], timeout: LIMITS.buildMs });
    await follow(go, onProgress);
    await rename(part, options.to);
  } finally {
    await rm(part, { force: true });
    await rm(folder, { recursive: true, force: true });
  }
}

/** Tells how far a build is until it has ended. */
async function follow(go: ChildProcessByStdio<null, null, Readable>, onProgress: SetupProgress): Promise<void> {
  let compiled = 0;
  let tail = '';
  onProgress('building with Go (about 3 minutes)', 0);
  go.stderr.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-2000);
    // `-v` names every package when it has been compiled; `go: downloading …` lines come before.
    compiled += text.split('\n').filter((line) => line !== '' && !line.startsWith('go: ')).length;
    const percent = Math.min(99, Math.floor((100 * compiled) / PACKAGES));
    onProgress(compiled === 0 ? 'fetching Go modules' : 'building with Go (about 3 minutes)', percent);
  });
  const code = await new Promise<number | null>((resolve, reject) => go.on('error', reject).on('close', resolve));
  if (code !== 0) throw new Error(`go build failed: ${tail.trim().split('\n').at(-1) ?? `exit code ${code}`}`);
}
