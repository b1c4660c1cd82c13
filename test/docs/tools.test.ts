// docs/tools.md lists the tools as the code has them, and the app's entry sets what their server reads.
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadMcpHttpConfig } from '../../src/config/load.ts';
import { TOOLS } from '../../src/mcp/tools/index.ts';
import { expectMade, read } from './documents.ts';

function table(): string {
  const rows = TOOLS.map(({ name, kind, description }) => {
    const [sentence = ''] = /^.*?[.:](?=\s|$)/s.exec(description) ?? [description];
    return `| \`${name}\` | ${kind === 'read' ? 'reads' : 'proposes'} | ${sentence.replace(/:$/, '.').replaceAll('|', '\\|')} |`;
  });
  return ['| tool | | |', '|---|---|---|', ...rows.sort()].join('\n');
}

it('docs/tools.md lists every tool as the code has it', () => {
  expectMade('docs/tools.md', table());
});

it('mcp-app.yaml starts the server with variables that it knows', () => {
  const { command, env } = parse(read('mcp-app.yaml'));
  const { scripts } = JSON.parse(read('package.json'));
  expect([command.join(' '), scripts['start:mcp']]).toEqual(['node dist/bin/mcp-server.js', 'node dist/bin/mcp-server.js']);
  const given = Object.fromEntries(env.map(({ name, value }: { name: string; value: string }) => [name, value]));
  const config = loadMcpHttpConfig({ DATABRICKS_HOST: 'acme.databricks.example', DATABRICKS_APP_NAME: 'dab-tools', ...given });
  expect(Object.entries(config)).toEqual(expect.arrayContaining(Object.entries({ ...given, DAB_EMBEDDED_IN_APPS: true })));
});
