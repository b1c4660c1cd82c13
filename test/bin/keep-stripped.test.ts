// A program is started by what was kept of its sources, and never by what they were before.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { folderTest } from '../temporary-folder.ts';

const HOOK = join(import.meta.dirname, '..', '..', 'src', 'bin', 'keep-stripped.js');

/** A program of one source, in an installation of its own. */
const test = folderTest.extend('program', ({ folder }) => {
  const bin = join(folder, 'src', 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  copyFileSync(HOOK, join(bin, 'keep-stripped.js'));
  const kept = join(folder, 'node_modules', '.cache', 'dab-bot', 'stripped');
  return {
    write: (said: string) => writeFileSync(join(bin, 'main.ts'), `const said: string = '${said}';\nconsole.log(said);\n`),
    run: () =>
      execFileSync(
        process.execPath,
        ['--disable-warning=ExperimentalWarning', '--import', join(bin, 'keep-stripped.js'), join(bin, 'main.ts')],
        { encoding: 'utf8', env: {} },
      ),
    kept: () => readdirSync(kept).map((name) => join(kept, name)),
  };
});

test('what was kept is what runs, until the source changes', ({ program }) => {
  program.write('first');
  expect(program.run()).toBe('first\n');
  const [file = '', ...others] = program.kept();
  expect(others).toEqual([]);
  writeFileSync(file, readFileSync(file, 'utf8').replace('first', 'kept'));
  expect(program.run()).toBe('kept\n');
  program.write('second');
  expect(program.run()).toBe('second\n');
  expect(program.kept()).toEqual([file]);
});

test('half of what was kept does not count', ({ program }) => {
  program.write('whole');
  program.run();
  const [file = ''] = program.kept();
  writeFileSync(file, readFileSync(file, 'utf8').slice(0, -10));
  expect(program.run()).toBe('whole\n');
});

test('a program runs where nothing can be kept', ({ folder, program }) => {
  writeFileSync(join(folder, 'node_modules'), '');
  program.write('all the same');
  expect(program.run()).toBe('all the same\n');
});
