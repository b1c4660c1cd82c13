// The documents of this repository: where they are, the part of one that is made from code, and what a link may lead to.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';

export const ROOT = join(import.meta.dirname, '..', '..');

/** Every document by its path from the root. */
export function readDocuments(): Record<string, string> {
  const inDocs = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).map((path) => `docs/${path}`);
  const paths = [...readdirSync(ROOT), ...inDocs].filter((path) => path.endsWith('.md')).sort();
  return Object.fromEntries(paths.map((path) => [path, read(path)]));
}

export const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** Holds what stands between the marks of `path` to what the code makes of it; `npm run golden` writes it there. */
export function expectMade(path: string, made: string): void {
  const [begin, end] = ['<!-- made by npm run golden -->', '<!-- end of what is made -->'];
  const text = read(path);
  const [before, rest = ''] = text.split(begin);
  const after = rest.split(end)[1] ?? expect.fail(`${path} has no place for what is made`);
  const expected = `${before}${begin}\n${made}\n${end}${after}`;
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(join(ROOT, path), expected);
  expect(read(path)).toBe(expected);
}

/** The anchors of a document's headings, as GitHub makes them. */
export function anchorsOf(text: string): string[] {
  const headings = withoutCode(text).matchAll(/^#{1,6} (.+)$/gm);
  return [...headings].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_\- ]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Where its links and pictures lead. */
export function linksOf(text: string): string[] {
  return [...withoutCode(text).matchAll(/\]\(([^()\s]+)\)/g)].map(([, to = '']) => to);
}

function withoutCode(text: string): string {
  return text.replace(/^```.*?^```$/gms, '');
}
