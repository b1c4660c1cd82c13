// The diff between two versions: what was added, removed and changed, and nothing else.
import { describe, expect, it } from 'vitest';
import { diffVersions } from '../../../src/conversation/story/file-changes.ts';

const file = (path: string, text: string | Uint8Array) => ({ path, bytes: typeof text === 'string' ? Buffer.from(text) : text });

const diffFiles = (before: ReturnType<typeof file>[], after: ReturnType<typeof file>[]) =>
  diffVersions({ files: before, secrets: [] }, { files: after, secrets: [] });

describe('diffVersions', () => {
  it('leaves out what is the same and marks what is not', () => {
    const before = [file('a.yml', 'one\ntwo\nthree\n'), file('b.py', 'print(1)\n'), file('gone.sql', 'select 1\n')];
    const after = [file('a.yml', 'one\n2\nthree\n'), file('b.py', 'print(1)\n'), file('new.md', '# New\n')];
    expect(diffFiles(before, after)).toEqual([
      { path: 'a.yml', kind: 'changed', lines: [' one', '-two', '+2', ' three'] },
      { path: 'gone.sql', kind: 'removed', lines: ['-select 1'] },
      { path: 'new.md', kind: 'added', lines: ['+# New'] },
    ]);
  });

  it('keeps two lines around a change and marks the gap to the next', () => {
    const lines = Array.from({ length: 20 }, (_, index) => `line ${index}`);
    const changed = lines.with(2, 'two').with(15, 'fifteen');
    const [change] = diffFiles([file('a', lines.join('\n'))], [file('a', changed.join('\n'))]);
    expect(change?.lines).toEqual([
      ...[' line 0', ' line 1', '-line 2', '+two', ' line 3', ' line 4', '@@'],
      ...[' line 13', ' line 14', '-line 15', '+fifteen', ' line 16', ' line 17'],
    ]);
  });

  it('shows a change in a long file, and only names files of which too many lines differ', () => {
    const lines = Array.from({ length: 20_000 }, (_, index) => `line ${index}`);
    const [one] = diffFiles([file('a', lines.join('\n'))], [file('a', lines.with(9000, 'other').join('\n'))]);
    expect(one?.lines).toEqual([' line 8998', ' line 8999', '-line 9000', '+other', ' line 9001', ' line 9002']);
    const others = lines.map((line) => `${line}!`);
    expect(diffFiles([file('a', lines.join('\n'))], [file('a', others.join('\n'))])).toEqual([{ path: 'a', kind: 'changed', lines: [] }]);
    const [repeated] = diffFiles([file('a', 'x\nx\nx')], [file('a', 'x\nx')]);
    expect(repeated?.lines).toEqual([' x', ' x', '-x']);
  });

  it('shows no secret of either version, whatever line it stands on', () => {
    const value = 'not-for-the-channel';
    const text = (secret: string) => `a\ntoken = "${secret}"\nb = "${secret}"\n`;
    const found = (secret: string) => ({
      files: [file('a.py', text(secret))],
      secrets: [{ path: 'a.py', line: 2, start: 11, end: 11 + secret.length, kind: 'token' }],
    });
    const none = { files: [file('a.py', text('x'))], secrets: [] };
    const [gone] = diffVersions(found(value), none);
    expect(gone?.lines).toEqual([' a', '-token = "<secret token>"', '-b = "<secret token>"', '+token = "x"', '+b = "x"']);
    const [come] = diffVersions(none, found(value));
    expect(come?.lines).toContain('+b = "<secret token>"');
    const [other] = diffVersions(found(value), found('another-of-them'));
    expect(other?.lines.slice(1, 4)).toEqual(['-token = "<secret token>"', '-b = "<secret token>"', '+token = "<secret 2 token>"']);
  });

  it('only names files that are not text', () => {
    const [change] = diffFiles([file('a.whl', new Uint8Array([0, 255]))], [file('a.whl', new Uint8Array([0, 254]))]);
    expect(change).toEqual({ path: 'a.whl', kind: 'changed', lines: [] });
  });
});
