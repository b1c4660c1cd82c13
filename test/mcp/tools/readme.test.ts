// README's table of the tools is made from the code (`npm run golden` rewrites it), and the app's entry sets what the server reads.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadMcpHttpConfig } from '../../../src/config/load.ts';
import { TOOLS } from '../../../src/mcp/tools/index.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const README = join(ROOT, 'README.md');
const [BEGIN, END] = ['<!-- tools: made by npm run golden -->', '<!-- end of tools -->'];

function table(): string {
  const rows = TOOLS.map(({ name, kind, description }) => {
    const [sentence = ''] = /^.*?[.:](?=\s|$)/s.exec(description) ?? [description];
    return `| \`${name}\` | ${kind === 'read' ? 'reads' : 'proposes'} | ${sentence.replace(/:$/, '.').replaceAll('|', '\\|')} |`;
  });
  return ['| tool | | |', '|---|---|---|', ...rows.sort()].join('\n');
}

it('README lists every tool as the code has it', () => {
  const text = readFileSync(README, 'utf8');
  const [before, rest = ''] = text.split(BEGIN);
  const after = rest.split(END)[1] ?? expect.fail('README has no place for the table');
  const expected = `${before}${BEGIN}\n${table()}\n${END}${after}`;
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(README, expected);
  expect(readFileSync(README, 'utf8')).toBe(expected);
});

it('mcp-app.yaml starts the server with variables that it knows', () => {
  const { command, env } = parse(readFileSync(join(ROOT, 'mcp-app.yaml'), 'utf8'));
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  expect([command.join(' '), scripts['start:mcp']]).toEqual(['npm run start:mcp', 'node dist/bin/mcp-server.js']);
  const given = Object.fromEntries(env.map(({ name, value }: { name: string; value: string }) => [name, value]));
  const config = loadMcpHttpConfig({ DATABRICKS_HOST: 'acme.databricks.example', DATABRICKS_APP_NAME: 'dab-tools', ...given });
  expect(Object.entries(config)).toEqual(expect.arrayContaining(Object.entries(given)));
});
