// A secret stays one: no sequence of edits unmasks it, moves it elsewhere, or makes the bundle look fit to be deployed.

import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { archive } from '../../../src/bundle/edit/archive.ts';
import { editBundle } from '../../../src/bundle/edit/edit.ts';
import { type Bundle, digestFiles } from '../../../src/bundle/model/bundle.ts';
import { callSecrets } from '../../../src/bundle/secrets/called-secrets.ts';
import { createMask } from '../../../src/bundle/secrets/mask-secrets.ts';
import { putBack } from '../../../src/bundle/secrets/put-back.ts';
import { fc } from '../../fast-check.ts';

const YAML = 'bundle:\n  name: etl\n';

/** A bundle in whose files every `«value»` is a secret of kind password. */
function bundleOf(marked: Record<string, string>): Bundle {
  const secrets: Bundle['secrets'][number][] = [];
  const files = Object.entries({ 'databricks.yml': YAML, ...marked }).map(([path, text]) => {
    let plain = '';
    for (const part of text.split(/(«[^»]*»)/)) {
      const value = part.replace(/[«»]/g, '');
      if (part !== value) secrets.push({ path, line: 1, start: plain.length, end: plain.length + value.length, kind: 'password' });
      plain += value;
    }
    return { path, bytes: Buffer.from(plain) };
  });
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  const rest = { name: 'etl', resources: [], variables: [], targets: [], adoption: {}, sources: [], diagnostics: [] };
  return { ...rest, files, secrets: callSecrets({ files, secrets }), digest: digestFiles(files) };
}

const textOf = (bundle: Bundle, path: string) => Buffer.from(bundle.files.find((one) => one.path === path)?.bytes ?? '').toString();
const shownIn = (bundle: Bundle, path: string) => {
  const file = bundle.files.find((one) => one.path === path);
  return file === undefined ? undefined : createMask(bundle).file(file);
};
const write = (bundle: Bundle, path: string, text: string) => editBundle(bundle, [{ path, ...putBack(bundle, path, text) }]);

describe('what is written by somebody who sees masks', () => {
  it('keeps a secret under another name, and in the copy of a file', () => {
    const bundle = bundleOf({ 'a.py': 'db_password = "«hunter2222»"\n', 'b.py': 'url = "hunter2222"\n' });
    const renamed = write(bundle, 'a.py', 'x = "<secret password>"\n');
    expect([textOf(renamed, 'a.py'), shownIn(renamed, 'a.py')]).toEqual(['x = "hunter2222"\n', 'x = "<secret password>"\n']);
    const copied = editBundle(write(renamed, 'c.py', 'x = "<secret password>"\n'), [{ path: 'a.py', content: null }]);
    expect(copied.secrets.map(({ path, line, name }) => [path, line, name])).toEqual([
      ['b.py', 1, 'password'],
      ['c.py', 1, 'password'],
    ]);
  });

  it('keeps the name of a mask when another secret goes', () => {
    const bundle = bundleOf({ 'a.py': 'a = "«hunter1111»"\nb = "«hunter2222»"\n' });
    const less = write(bundle, 'a.py', 'a = dbutils.secrets.get("s", "k")\nb = "<secret 2 password>"\n');
    expect(shownIn(less, 'a.py')).toBe('a = dbutils.secrets.get("s", "k")\nb = "<secret 2 password>"\n');
    expect(textOf(less, 'a.py')).toContain('b = "hunter2222"');
  });

  it('puts each spelling back where it was, and leaves a text alone that only looks like a mask', () => {
    const bundle = bundleOf({ 'a.py': '# <secret password>\na = "«hun\\"ter22»"\nb = \'hun"ter22\'\n' });
    const edited = write(bundle, 'a.py', `# new\n${shownIn(bundle, 'a.py')}`);
    expect(textOf(edited, 'a.py')).toBe('# new\n# <secret password>\na = "hun\\"ter22"\nb = \'hun"ter22\'\n');
  });

  it.each([
    ['another file', 'README.md', 'The password is <secret password>.\n'],
    ['a second place', 'a.py', 'x = "<secret password>"\nprint("<secret password>")\n'],
    ['what a short value is joined to', 'a.py', 'x = "<secret password> of main"\n'],
  ])('refuses a mask in %s', (_where, path, text) => {
    const bundle = bundleOf({ 'a.py': 'password = "«main»"\n', 'README.md': 'Hello.\n' });
    expect(() => putBack(bundle, path, text)).toThrow(/not copied to other places/);
  });

  it('finds a value again that comes back later, and leaves words alone', () => {
    const bundle = {
      ...bundleOf({ 'a.py': 'a = 1\n' }),
      called: [
        { name: 'token', value: 'tok-1234567' },
        { name: 'password', value: 'postgres' },
      ],
    };
    const escaped = write({ ...bundle, called: [{ name: 'token', value: 'tok"1234567' }] }, 'a.json', '{"x": "tok\\"1234567"}\n');
    expect([escaped.secrets.length, shownIn(escaped, 'a.json')]).toEqual([1, '{"x": "<secret token>"}\n']);
    const edited = write(bundle, 'a.py', 'driver = "postgres"\nx = "tok-1234567"\n');
    expect(edited.secrets.map(({ line, kind, name }) => [line, kind, name])).toEqual([[2, 'token', 'token']]);
    expect(shownIn(edited, 'a.py')).toBe('driver = "<secret password>"\nx = "<secret token>"\n');
  });
});

describe('any sequence of edits', () => {
  const PATHS = ['a.py', 'b.yml', 'c.py'];
  const edit = fc.record({
    path: fc.constantFrom(...PATHS),
    from: fc.constantFrom(...PATHS),
    how: fc.constantFrom('rename', 'copy', 'delete', 'reorder', 'prepend', 'bring back', 'join'),
  });
  const value = fc
    .stringMatching(/^[A-Za-z0-9!$&"\\é]{3,20}$/)
    .filter((text) => !'password value secret x1 <secret 2 password>'.includes(text));

  /** What a model could write for a file: it knows masked texts alone. */
  function written(bundle: Bundle, { path, from, how }: { path: string; from: string; how: string }): string | null {
    const text = shownIn(bundle, path) ?? '';
    switch (how) {
      case 'rename':
        return text.replace('password', 'x1');
      case 'copy':
        return shownIn(bundle, from) ?? '';
      case 'delete':
        return null;
      case 'reorder':
        return text.split('\n').reverse().join('\n');
      case 'join':
        return text.replaceAll('"', '').replaceAll('\n', ' + ');
      default:
        return `# new\n${text}`;
    }
  }

  it('neither shows a secret nor lets one be deployed', () => {
    fc.assert(
      fc.property(value, value, fc.array(edit, { maxLength: 12 }), (one, other, edits) => {
        const first = bundleOf({ 'a.py': `password = "«${one}»"\n`, 'b.yml': `- value: "«${other}»"\n- password: "«${one}»"\n` });
        let bundle = first;
        for (const wish of edits) {
          try {
            if (wish.how === 'bring back')
              bundle = editBundle(
                bundle,
                first.files
                  .filter(({ path }) => path === wish.path)
                  .map(({ path, bytes }) => ({ path, content: bytes, secrets: first.secrets.filter((secret) => secret.path === path) })),
              );
            else {
              const text = written(bundle, wish);
              bundle = text === null ? editBundle(bundle, [{ path: wish.path, content: null }]) : write(bundle, wish.path, text);
            }
          } catch {
            continue;
          }
          const zip = unzipSync(archive(bundle));
          for (const secret of [one, other]) {
            const holds = PATHS.filter((path) => textOf(bundle, path).includes(secret));
            expect(PATHS.filter((path) => shownIn(bundle, path)?.includes(secret))).toEqual([]);
            expect(PATHS.filter((path) => Buffer.from(zip[`${bundle.name}/${path}`] ?? '').includes(secret))).toEqual([]);
            expect(holds.filter((path) => !bundle.secrets.some((found) => found.path === path))).toEqual([]);
          }
        }
      }),
      { numRuns: 100 },
    );
  });
});
