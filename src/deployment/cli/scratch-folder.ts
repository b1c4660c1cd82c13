// A fresh private folder with a bundle's files, read-only, beside a home and a state folder of its own; deleted afterwards.
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, posix, sep } from 'node:path';
import { type BundleFile, digestFiles } from '../../bundle/model/bundle.ts';
import { LIMITS } from './limits.ts';

export type Folder = Awaited<ReturnType<typeof createFolder>>;

/** Writes the files below `root`. Their paths must have passed checkBundle; one that leads out of the folder throws. */
export async function createFolder(scratchDir: string, files: readonly BundleFile[]) {
  const parent = outsideRepository(scratchDir);
  await mkdir(parent, { recursive: true, mode: 0o700 });
  const base = await realpath(await mkdtemp(join(parent, 'dab-'))); // mkdtemp makes it 0700
  // Elsewhere are folders of others.
  if (parent === scratchDir) await removeLeft(parent, base);
  const root = join(base, 'bundle');
  const folders = new Set([root]);
  for (const { path } of files) {
    if (path !== posix.normalize(path) || path.startsWith('/') || path.startsWith('..') || path.includes('\0') || path.includes('\\'))
      throw new Error(`Not a path inside a bundle: ${path}`);
    for (let folder = dirname(join(root, path)); folder.startsWith(root + sep); folder = dirname(folder)) folders.add(folder);
  }
  for (const folder of folders) await mkdir(folder, { recursive: true, mode: 0o700 });
  for (let from = 0; from < files.length; from += LIMITS.filesAtOnce)
    await Promise.all(
      files
        .slice(from, from + LIMITS.filesAtOnce)
        .map(({ path, bytes }) => writeFile(join(root, path), bytes, { flag: 'wx', mode: 0o400 })),
    );
  for (const folder of folders) await chmod(folder, 0o500);
  const home = join(base, 'home');
  // DATABRICKS_BUNDLE_TMP holds the state without bundle or host name, so it must never be shared (facts: cli#environment-and-scratch-folder).
  const state = join(base, 'state');
  for (const folder of [home, state]) await mkdir(folder, { mode: 0o700 });
  return {
    base,
    root,
    home,
    state,
    /** Of the files that are on disk now. */
    digest: async () => digestFiles(await readTree(root, '')),
    async release() {
      for (const folder of folders) await chmod(folder, 0o700).catch(() => undefined);
      await rm(base, { recursive: true, force: true });
    },
  };
}

/** Removes what processes left that were killed, or whose command ran on without them: all that is a day older than `newest`. */
async function removeLeft(parent: string, newest: string): Promise<void> {
  const { mtimeMs: now } = await stat(newest);
  for (const entry of await readdir(parent, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const folder = join(parent, entry.name);
    // Another process may be at the same.
    const { mtimeMs } = await stat(folder).catch(() => ({ mtimeMs: now }));
    if (now - mtimeMs > LIMITS.leftMs) await removeReadOnly(folder).catch(() => undefined);
  }
}

async function removeReadOnly(folder: string): Promise<void> {
  await makeWritable(folder);
  await rm(folder, { recursive: true, force: true });
}

async function makeWritable(folder: string): Promise<void> {
  await chmod(folder, 0o700);
  for (const entry of await readdir(folder, { withFileTypes: true })) if (entry.isDirectory()) await makeWritable(join(folder, entry.name));
}

async function readTree(root: string, below: string): Promise<BundleFile[]> {
  const entries = await readdir(join(root, below), { withFileTypes: true });
  const files: BundleFile[] = [];
  for (const entry of entries) {
    const path = posix.join(below, entry.name);
    if (entry.isDirectory()) files.push(...(await readTree(root, path)));
    else files.push({ path, bytes: await readFile(join(root, path)) });
  }
  return files;
}

/** Inside a Git repository the CLI would obey that repository's .gitignore and leave files out of the upload. */
function outsideRepository(folder: string): string {
  for (let above = folder; ; above = dirname(above)) {
    if (existsSync(join(above, '.git'))) return tmpdir();
    if (dirname(above) === above) return folder;
  }
}
