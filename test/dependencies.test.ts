// What npm would warn of when it installs, but for .npmrc: install scripts that nobody decided on, and packages that are given up.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

interface Locked {
  readonly hasInstallScript?: boolean;
  readonly deprecated?: string;
}

const read = (name: string): unknown => JSON.parse(readFileSync(join(import.meta.dirname, '..', name), 'utf8'));
const { packages } = read('package-lock.json') as { packages: Record<string, Locked> };
const { allowScripts } = read('package.json') as { allowScripts: Record<string, boolean> };
const nameOf = (path: string) => path.replace(/^.*node_modules\//, '');

test('whether a package may run a script when it is installed is decided in package.json', () => {
  const scripted = Object.keys(packages).filter((path) => packages[path]?.hasInstallScript === true);
  expect(scripted.map(nameOf).sort()).toEqual(Object.keys(allowScripts).sort());
});

test('no package is given up by those who made it', () => {
  expect(Object.keys(packages).length).toBeGreaterThan(100);
  expect(Object.entries(packages).flatMap(([path, { deprecated }]) => (deprecated === undefined ? [] : [nameOf(path)]))).toEqual([]);
});
