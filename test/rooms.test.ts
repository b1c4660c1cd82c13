// The design's table of who may import whom, checked over every import statement of src.
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { parseSync } from 'rolldown/utils';
import { describe, expect, it } from 'vitest';

const SRC = join(import.meta.dirname, '..', 'src');

/** What a room may import besides the common modules: rooms (`x:types` for types only), files of rooms (`x/file`), and packages. */
// Beyond the table in words: JSON with int64 integers and the digest of a tree have one home (bundle/json, bundle/bundle),
// and a port's types belong to the room that uses it (agent/tools).
const TABLE: Record<string, readonly string[]> = {
  bundle: ['yaml', 'fflate'],
  analysis: [
    'bundle:types',
    'web-tree-sitter',
    'tree-sitter-python',
    '@polyglot-sql/sdk',
    '@secretlint/core',
    '@secretlint/secretlint-rule-preset-recommend',
  ],
  databricks: ['bundle:types', 'analysis', '@databricks/sdk-experimental'],
  storage: ['bundle:types', 'bundle/model/bundle', 'pg', '@electric-sql/pglite', 'pg-boss'],
  conversion: ['bundle', 'analysis', 'databricks'],
  identity: ['databricks', 'storage', 'openid-client'],
  deployment: ['bundle', 'databricks:types', 'identity:types', 'storage', 'fflate'],
  mcp: [
    'bundle',
    'analysis',
    'databricks',
    'conversion',
    'deployment/plan',
    'deployment/approval/write',
    'config/python-tests',
    'storage',
    'agent:types',
    'express',
    '@modelcontextprotocol/sdk',
  ],
  agent: ['@anthropic-ai/sdk'],
  conversation: ['agent', 'bundle', 'deployment:types', 'identity:types', 'storage', 'pg-boss:types'],
  slack: [
    'conversation',
    'deployment',
    'identity',
    'bundle:types',
    'bundle/edit/archive',
    '@slack/bolt',
    '@slack/socket-mode',
    '@slack/web-api',
    '@slack/types',
  ],
  web: ['identity', 'express'],
  'command-line': ['bundle', 'databricks', 'conversion', 'deployment', 'config'],
  config: ['bundle:types', 'bundle/edit/add-tests'],
  values: ['pino', 'prom-client'],
  playground: ['config', 'fflate', 'ws', 'oidc-provider', '@copilotkit/aimock', 'express', 'yaml'],
};
/** What every room may import. */
const COMMON = ['values', 'zod'];
/** Built-ins that are doors of their own, and who may open them. */
const GUARDED: Record<string, readonly string[]> = {
  'node:child_process': ['deployment', 'playground'],
  'node:fs': ['config', 'deployment', 'storage', 'command-line', 'playground'],
  'node:http': ['web', 'mcp', 'playground'],
};
const PURE = ['bundle', 'analysis'];

interface Import {
  readonly file: string;
  readonly room: string;
  /** `room/file` for our own, the package's name, or `node:x`. */
  readonly target: string;
  readonly typeOnly: boolean;
}

function imports(): Import[] {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  return files.flatMap((file) => {
    const program = parseSync(file, readFileSync(join(SRC, file), 'utf8')).program;
    return program.body.flatMap((node): Import[] => {
      if (node.type !== 'ImportDeclaration' && node.type !== 'ExportNamedDeclaration' && node.type !== 'ExportAllDeclaration') return [];
      const source = node.source?.value;
      if (source === undefined) return [];
      const kind = node.type === 'ImportDeclaration' ? node.importKind : node.exportKind;
      const named = node.type === 'ImportDeclaration' ? node.specifiers : [];
      const typeOnly =
        kind === 'type' || (named.length > 0 && named.every((one) => one.type === 'ImportSpecifier' && one.importKind === 'type'));
      return [{ file, room: roomOf(file), target: targetOf(file, source), typeOnly }];
    });
  });
}

function roomOf(file: string): string {
  return file.includes('/') ? (file.split('/')[0] ?? '') : file.replace(/\.ts$/, '');
}

function targetOf(file: string, source: string): string {
  if (source.startsWith('.')) return relative(SRC, join(SRC, dirname(file), source)).replace(/\.ts$/, '');
  if (source.startsWith('node:') || builtinModules.includes(source)) return source.startsWith('node:') ? source : `node:${source}`;
  return source
    .split('/')
    .slice(0, source.startsWith('@') ? 2 : 1)
    .join('/');
}

function isAllowed({ room, target, typeOnly }: Import): boolean {
  if (target.startsWith('node:')) {
    const door = Object.keys(GUARDED).find((name) => target === name || target.startsWith(`${name}/`));
    if (PURE.includes(room)) return target === 'node:crypto';
    return door === undefined || GUARDED[door]?.includes(room) === true;
  }
  const own = target.split('/')[0] ?? '';
  if (own === room || COMMON.includes(own)) return true;
  const allowed = TABLE[room] ?? [];
  return (
    allowed.includes(target) ||
    allowed.includes(own) ||
    allowed.includes(target.split('/').slice(0, 2).join('/')) ||
    (typeOnly && (allowed.includes(`${own}:types`) || allowed.includes(`${target}:types`)))
  );
}

describe('rooms', () => {
  const all = imports();
  const inRooms = all.filter((one) => one.room in TABLE);

  it('sees the imports of every room', () => {
    const rooms = new Set(inRooms.map((one) => one.room));
    expect([...rooms].sort()).toEqual(
      Object.keys(TABLE)
        .filter((room) => readdirSync(SRC).includes(room))
        .sort(),
    );
    expect(inRooms.length).toBeGreaterThan(200);
  });

  it('keeps to the table', () => {
    const wrong = inRooms.filter((one) => !isAllowed(one)).map((one) => `${one.file} imports ${one.target}`);
    expect(wrong).toEqual([]);
  });

  it('would notice an import that is not in the table', () => {
    const sneak = { file: 'agent/loop.ts', room: 'agent', target: 'databricks/workspace', typeOnly: false };
    expect(isAllowed(sneak)).toBe(false);
    expect(isAllowed({ ...sneak, target: 'node:child_process' })).toBe(false);
    expect(isAllowed({ ...sneak, room: 'mcp', target: 'deployment/execute/deploy-approved' })).toBe(false);
    expect(isAllowed({ ...sneak, room: 'conversation', target: 'identity/identities', typeOnly: false })).toBe(false);
  });

  it('lets nothing that tools can reach carry out a write, however many imports away', () => {
    const executes = [
      'deployment/execute/deploy-approved',
      'deployment/execute/deploy-plan',
      'deployment/execute/execute-write',
      'deployment/execute/by-rest',
      'deployment/execute/by-cli',
      'deployment/cli/open-bundle',
      'databricks/api-writes/workspace-writes',
    ];
    // What the command line deploys with, at the word of whoever sits there.
    const direct = ['deployment/execute/deploy-directly', 'deployment/execute/bind-originals'];
    const files = new Set(readdirSync(SRC, { recursive: true, encoding: 'utf8' }).map((file) => file.replace(/\.ts$/, '')));
    expect([...executes, ...direct].filter((file) => !files.has(file))).toEqual([]);
    const reachedFrom = (first: readonly string[]) => {
      const reached = new Set(first);
      for (const file of reached)
        for (const one of all) if (!one.typeOnly && one.file === `${file}.ts` && files.has(one.target)) reached.add(one.target);
      return [...executes, ...direct].filter((file) => reached.has(file));
    };
    expect(reachedFrom(['bin/bot'])).toEqual(executes);
    const tools = inRooms.filter((one) => ['mcp', 'agent'].includes(one.room)).map((one) => one.file.replace(/\.ts$/, ''));
    expect(
      reachedFrom([...tools, 'conversion/read-job', 'deployment/approval/write', 'deployment/plan/plan-version', 'deployment/plan/prove']),
    ).toEqual([]);
    // The server alone has the CLI for what reads, and nothing that carries out.
    expect(reachedFrom(['bin/mcp-server'])).toEqual(['deployment/cli/open-bundle']);
    // Not even the type of what executes: a tool has nothing to call it on.
    const typed = all
      .filter((one) => one.room === 'mcp' && executes.includes(one.target))
      .map((one) => `${one.file} imports ${one.target}`);
    expect(typed).toEqual([]);
    // The calls that change a workspace are made in deployment, which main hands them to.
    const users = all.filter((one) => one.target === 'databricks/api-writes/workspace-writes' && !one.typeOnly).map((one) => one.file);
    expect(users).toEqual(['bin/bot.ts']);
  });

  it('has no cycle among rooms: values flow one way', () => {
    const edges = new Map<string, Set<string>>();
    for (const { room, target, typeOnly } of inRooms) {
      const to = target.split('/')[0] ?? '';
      if (!typeOnly && to in TABLE && to !== room) edges.set(room, (edges.get(room) ?? new Set()).add(to));
    }
    const cycles: string[] = [];
    const walk = (room: string, path: readonly string[]) => {
      if (path.includes(room)) cycles.push([...path.slice(path.indexOf(room)), room].join(' → '));
      else for (const next of edges.get(room) ?? []) walk(next, [...path, room]);
    };
    for (const room of edges.keys()) walk(room, []);
    expect(cycles).toEqual([]);
  });

  it('the MCP server alone knows no Slack, no conversation and no agent', () => {
    const rooms = new Set(all.filter((one) => one.file === 'bin/mcp-server.ts' && !one.typeOnly).map((one) => one.target.split('/')[0]));
    expect(rooms).toContain('mcp');
    for (const room of ['slack', 'conversation', 'agent', 'identity', 'playground']) expect(rooms).not.toContain(room);
  });

  it('nothing imports bin, and only config reads process.env', () => {
    expect(all.filter((one) => one.target.startsWith('bin/') && one.room !== 'bin').map((one) => one.file)).toEqual([]);
    const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(
      (file) => file.endsWith('.ts') && !file.startsWith('config/'),
    );
    expect(files.filter((file) => /process\.env\b/.test(readFileSync(join(SRC, file), 'utf8')))).toEqual([]);
  });
});
