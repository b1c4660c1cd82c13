// The workspace's file tree: directories, files and notebooks by path; `/Workspace/x` and `/x` are the same object.
import { posix } from 'node:path';
import type { Language, NotebookFormat } from './notebooks.ts';

export interface Entry {
  readonly type: 'DIRECTORY' | 'NOTEBOOK' | 'FILE';
  readonly id: string;
  readonly createdAt: number;
  modifiedAt: number;
  language?: Language | undefined;
  format?: NotebookFormat | undefined;
  /** Lazy, so that hundreds of stubs cost nothing until they are read. */
  read: () => Uint8Array;
}

interface NewEntry {
  readonly type: 'NOTEBOOK' | 'FILE';
  readonly language?: Language | undefined;
  readonly format?: NotebookFormat | undefined;
  readonly read: () => Uint8Array;
}

export interface Files {
  get(path: string): Entry | undefined;
  /** Writes or replaces; the parent must exist (see mkdirs). */
  put(path: string, entry: NewEntry): Entry;
  /** Makes the folder and its parents; answers false where something else is in the way. */
  mkdirs(path: string): boolean;
  /** Direct children as [name, entry], sorted by name. */
  children(path: string): [string, Entry][];
  /** Removes the object and everything below it. */
  remove(path: string): void;
  byId(id: string): { path: string; entry: Entry } | undefined;
  /** Every path that holds a file or a notebook, without the /Workspace prefix. */
  paths(): string[];
}

/** The path under which an object is kept: cleaned, without the /Workspace mount. */
export function keyOf(path: string): string {
  const clean = posix.normalize(`/${path}`).replace(/(?<=.)\/$/, '');
  if (clean === '/Workspace') return '/';
  return clean.startsWith('/Workspace/') ? clean.slice('/Workspace'.length) : clean;
}

export function createFiles(now: () => number, nextId: () => string): Files {
  const entries = new Map<string, Entry>();
  const nothing = (): Uint8Array => new Uint8Array();
  const addFolder = (key: string): void => {
    entries.set(key, { type: 'DIRECTORY', id: nextId(), createdAt: now(), modifiedAt: now(), read: nothing });
  };
  addFolder('/');

  return {
    get: (path) => entries.get(keyOf(path)),
    put(path, entry) {
      const key = keyOf(path);
      const before = entries.get(key);
      const kept = { id: before?.id ?? nextId(), createdAt: before?.createdAt ?? now(), modifiedAt: now() };
      const made: Entry = { ...kept, ...entry };
      entries.set(key, made);
      return made;
    },
    mkdirs(path) {
      const parts = keyOf(path).split('/').filter(Boolean);
      for (let depth = 1; depth <= parts.length; depth += 1) {
        const key = `/${parts.slice(0, depth).join('/')}`;
        const there = entries.get(key);
        if (there === undefined) addFolder(key);
        else if (there.type !== 'DIRECTORY') return false;
      }
      return true;
    },
    children(path) {
      const key = keyOf(path);
      const start = key === '/' ? '/' : `${key}/`;
      const found: [string, Entry][] = [];
      for (const [other, entry] of entries) {
        if (other !== '/' && other.startsWith(start) && !other.includes('/', start.length)) found.push([other.slice(start.length), entry]);
      }
      return found.sort(([a], [b]) => (a < b ? -1 : 1));
    },
    remove(path) {
      const key = keyOf(path);
      for (const other of [...entries.keys()]) if (other === key || other.startsWith(`${key}/`)) entries.delete(other);
    },
    byId(id) {
      for (const [path, entry] of entries) if (entry.id === id) return { path, entry };
      return undefined;
    },
    paths: () => [...entries].filter(([, entry]) => entry.type !== 'DIRECTORY').map(([path]) => path),
  };
}
