// The design's table of who may import whom, sub-rooms included, and what else holds for every file of src.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TABLE } from './rooms-table.ts';
import {
  circles,
  edgesOf,
  folderOf,
  type Import,
  reach,
  readSource,
  readSources,
  type SourceFile,
  SRC,
  stem,
  within,
} from './source-graph.ts';

/** Wire rooms together, and stand in for the far sides. */
const WIRING = ['bin', 'playground'];
/** What every room may import. */
const COMMON = ['values', 'zod'];
/** Built-ins that are doors of their own, and which folders may open them. */
const GUARDED: Record<string, readonly string[]> = {
  'node:child_process': ['deployment/install', 'deployment/cli', 'playground'],
  'node:fs': ['deployment', 'storage', 'config', 'bin', 'command-line', 'playground'],
  'node:http': ['web', 'mcp', 'playground'],
};
/** Of Node's built-ins these take node:crypto alone. */
const PURE = ['bundle', 'analysis', 'deployment/policy'];
/** What carries out a write. */
const EXECUTES = ['deployment/execute', 'databricks/api-writes'];
/** Catalogues: many files of one kind, listed in writing. */
const CATALOGUES = ['mcp/tools'];
const FILES_A_FOLDER = 16;
const LINES_A_FILE = 300;
const POSITIONAL = 4;
/** Names that say nothing about what is in a file. */
const RIDDLES = ['words', 'door', 'places', 'remarks', 'once', 'notes', 'people', 'shapes', 'reads', 'utils', 'helpers', 'misc'];
/** May be the main file of every sub-room. */
const MAIN_FILES = ['parse', 'render', 'read', 'facts', 'names', 'index', 'limits'];

const rowsOf = (folder: string) => (TABLE[folder] ?? '').split(' ').filter((row) => row !== '');
const all = readSources();
const files = new Map(all.map((one) => [one.file, one]));
const imports = all.flatMap((one) => one.imports);

/** Why an import is not allowed; undefined where it is. */
function problemOf({ file, target, typeOnly }: Import): string | undefined {
  const folder = folderOf(file);
  const no = `${file} imports ${target}`;
  if (target.startsWith('bin/') && folder !== 'bin') return no;
  if (target.startsWith('node:')) {
    if (PURE.some((pure) => within(folder, pure))) return target === 'node:crypto' ? undefined : no;
    const door = Object.keys(GUARDED).find((name) => within(target, name));
    return door === undefined || typeOnly || GUARDED[door]?.some((allowed) => within(folder, allowed)) === true ? undefined : no;
  }
  const to = files.has(target) ? folderOf(target) : target;
  if (to === folder || COMMON.some((common) => within(to, common))) return undefined;
  if (within(folder, 'bin')) return within(to, 'playground') ? no : undefined;
  if (within(folder, 'playground')) return files.has(target) && !within(to, 'playground') && to !== 'config' ? no : undefined;
  const allowed = rowsOf(folder).some((row) => {
    const [room = '', types] = row.split(':');
    // A whole room is meant where its name stands alone and its sub-rooms have no rows of their own for this folder.
    return (types === undefined || typeOnly) && (to === room || (room === 'bundle' || room === 'analysis' ? within(to, room) : false));
  });
  return allowed ? undefined : no;
}

const fileEdges = edgesOf(all, imports, (file) => file);
const valueEdges = edgesOf(
  all,
  imports.filter((one) => !one.typeOnly),
  (file) => file,
);

describe('who may import whom', () => {
  it('is a row for every folder', () => {
    const folders = new Set(all.map((one) => folderOf(one.file)).filter((folder) => !WIRING.some((room) => within(folder, room))));
    expect([...folders].sort()).toEqual(Object.keys(TABLE).sort());
    expect(imports.length).toBeGreaterThan(1000);
  });

  it('keeps to the table', () => {
    expect(imports.flatMap((one) => problemOf(one) ?? [])).toEqual([]);
  });

  it('has no row that nothing needs', () => {
    const idle = Object.keys(TABLE).flatMap((folder) =>
      rowsOf(folder).flatMap((row) => {
        const [room = ''] = row.split(':');
        const used = imports.some(
          (one) => folderOf(one.file) === folder && within(files.has(one.target) ? folderOf(one.target) : one.target, room),
        );
        return used ? [] : [`${folder}: ${row}`];
      }),
    );
    expect(idle).toEqual([]);
  });

  it('keeps what is pure pure, however many imports away', () => {
    const pure = [...valueEdges.keys()].filter((file) => PURE.some((folder) => within(file, folder)));
    const reached = new Set([...pure, ...pure.flatMap((file) => [...reach(file, valueEdges)])]);
    const builtIns = imports.filter((one) => reached.has(one.file) && one.target.startsWith('node:') && !one.typeOnly);
    expect([...new Set(builtIns.map((one) => one.target))]).toEqual(['node:crypto']);
  });

  it('would notice an import that is not in the table', () => {
    const sneak = { file: 'agent/loop.ts', target: 'databricks/workspace.ts', typeOnly: false, names: [] };
    expect(problemOf(sneak)).toBeDefined();
    expect(problemOf({ ...sneak, target: 'node:child_process' })).toBeDefined();
    expect(problemOf({ ...sneak, target: 'node:fs/promises' })).toBeDefined();
    expect(problemOf({ ...sneak, file: 'bundle/model/names.ts', target: 'node:os' })).toBeDefined();
    expect(problemOf({ ...sneak, file: 'bundle/model/names.ts', target: 'bundle/proof/compare.ts', typeOnly: true })).toBeDefined();
    expect(problemOf({ ...sneak, file: 'web/web.ts', target: 'bin/bot.ts' })).toBeDefined();
    const hidden = readSource('agent/x.ts', "const later = () => import('../web/web.ts');\ntype T = import('../slack/bolt/app.ts').App;");
    expect(hidden.imports.map(({ target, typeOnly }) => [target, typeOnly])).toEqual([
      ['web/web.ts', false],
      ['slack/bolt/app.ts', true],
    ]);
  });

  it('has no circle of files and none of sub-rooms, types included', () => {
    expect(circles(fileEdges)).toEqual([]);
    expect(circles(edgesOf(all, imports, folderOf))).toEqual([]);
    expect(
      circles(
        new Map([
          ['a', new Set(['b'])],
          ['b', new Set(['c'])],
          ['c', new Set(['b'])],
        ]),
      ),
    ).toEqual([['b', 'c']]);
  });
});

describe('writes', () => {
  const executing = (from: readonly string[]) =>
    [...new Set(from.flatMap((file) => [...reach(file, valueEdges)]))].filter((file) => EXECUTES.some((folder) => within(file, folder)));
  const below = (folder: string) => all.map((one) => one.file).filter((file) => within(file, folder));

  it('are carried out by nothing that tools can reach, however many imports away', () => {
    expect(below('deployment/execute').length + below('databricks/api-writes').length).toBeGreaterThan(4);
    expect(executing(['mcp', 'agent', 'conversion', 'deployment/plan', 'deployment/approval', 'deployment/policy'].flatMap(below))).toEqual(
      [],
    );
    expect(executing(['bin/mcp-server.ts'])).toEqual([]);
    expect(executing(['bin/bot.ts'])).toContain('databricks/api-writes/workspace-writes.ts');
  });

  it('are handed to tools not even as a type', () => {
    const typed = imports.filter((one) => within(one.file, 'mcp') && EXECUTES.some((folder) => within(one.target, folder)));
    expect(typed).toEqual([]);
  });

  it('of the REST API are made by bin for deployment/execute alone', () => {
    const users = imports.filter((one) => within(one.target, 'databricks/api-writes') && !one.typeOnly).map((one) => folderOf(one.file));
    expect([...new Set(users)]).toEqual(['bin']);
  });

  it('the MCP server alone knows no Slack, no conversation and no agent', () => {
    const rooms = new Set([...reach('bin/mcp-server.ts', valueEdges)].map((file) => file.split('/')[0]));
    expect(rooms).toContain('mcp');
    for (const room of ['slack', 'conversation', 'agent', 'identity', 'playground']) expect(rooms).not.toContain(room);
  });
});

describe('files', () => {
  it(`are at most ${FILES_A_FOLDER} a folder, catalogues aside, and at most ${LINES_A_FILE} lines long, half of them under 100`, () => {
    const folders = new Map<string, number>();
    for (const { file } of all) folders.set(folderOf(file), (folders.get(folderOf(file)) ?? 0) + 1);
    expect([...folders].filter(([folder, count]) => count > FILES_A_FOLDER && !CATALOGUES.includes(folder))).toEqual([]);
    expect(all.filter((one) => one.lines > LINES_A_FILE).map((one) => one.file)).toEqual([]);
    const lines = all.map((one) => one.lines).sort((a, b) => a - b);
    expect(lines[Math.floor(lines.length / 2)]).toBeLessThan(100);
  });

  it('say in their first line what they are for', () => {
    expect(all.filter((one) => one.file.endsWith('.ts') && !/^\/\/ \S.{10}/.test(one.text)).map((one) => one.file)).toEqual([]);
  });

  it('have a name of their own in their room, and none that is a riddle', () => {
    const roomOf = (file: string) =>
      file
        .split('/')
        .slice(0, within(file, 'playground') ? 2 : 1)
        .join('/');
    const names = new Map<string, string[]>();
    for (const { file } of all) {
      const name = `${roomOf(file)}: ${stem(file)}`;
      if (!MAIN_FILES.includes(stem(file))) names.set(name, [...(names.get(name) ?? []), file]);
    }
    expect([...names.values()].filter((same) => same.length > 1)).toEqual([]);
    expect(all.filter((one) => RIDDLES.includes(stem(one.file))).map((one) => one.file)).toEqual([]);
  });

  it('read process.env in config alone', () => {
    expect(all.filter((one) => !within(one.file, 'config') && /\bprocess\.env\b/.test(one.text)).map((one) => one.file)).toEqual([]);
  });
});

describe('functions and exports', () => {
  const inTests = new Set(
    readSources(join(SRC, '..', 'test')).flatMap((one) =>
      one.imports.flatMap(({ target, names }) => names.map((name) => `${target} ${name}`)),
    ),
  );
  /** Whether its own file uses it, and tests look at it by itself. */
  const isSeam = (one: SourceFile, name: string) =>
    inTests.has(`${one.file} ${name}`) && one.text.split(new RegExp(`\\b${name}\\b`)).length > 2;

  const long = (one: SourceFile) => one.functions.filter((two) => two.parameters > POSITIONAL).map((two) => `${one.file} ${two.name}`);

  it(`take at most ${POSITIONAL} positional parameters`, () => {
    expect(all.flatMap(long)).toEqual([]);
    expect(long(readSource('x.ts', 'const f = (a, b, c, d, e) => a;\nfunction g(a, b, c, d) {}'))).toEqual(['x.ts f']);
  });

  it('are exported for a caller in another file', () => {
    const used = new Set(imports.flatMap((one) => one.names.map((name) => `${one.target} ${name}`)));
    const idle = all.flatMap((one) =>
      used.has(`${one.file} *`)
        ? []
        : one.exports.filter((name) => !used.has(`${one.file} ${name}`) && !isSeam(one, name)).map((name) => `${one.file} ${name}`),
    );
    expect(idle).toEqual([]);
  });
});
