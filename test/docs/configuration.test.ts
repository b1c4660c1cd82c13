// docs/configuration.md says of every variable of every program what the schema of the configuration says; tests have a list of their own.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { BotVariables } from '../../src/config/variables/bot.ts';
import { CliVariables, GO_VARIABLES } from '../../src/config/variables/cli.ts';
import { ConverterVariables, HANDED_ON, PlaygroundVariables } from '../../src/config/variables/local.ts';
import { McpHttpVariables, McpStdioVariables, SIGN_IN_PREFIXES } from '../../src/config/variables/mcp-server.ts';
import { StorageVariables } from '../../src/config/variables/storage.ts';
import { expectMade, ROOT, read } from './documents.ts';

/** Variables that several programs share have a table of their own. */
const SHARED: readonly (readonly [title: string, anchor: string, shape: z.ZodRawShape])[] = [
  ['Postgres', 'postgres', StorageVariables],
  ['The Databricks CLI', 'the-databricks-cli', CliVariables.shape],
];
const GO = `A build of the CLI with Go also gets ${names(GO_VARIABLES.filter((name) => !(name in CliVariables.shape)))}.`;
const SIGN_IN = `Whoever sits at the machine is signed in as Databricks’ own CLI would do it: variables that begin with ${names(SIGN_IN_PREFIXES)} go to Databricks’ SDK. \`DATABRICKS_CONFIG_PROFILE\` names a profile of \`~/.databrickscfg\`; or give \`DATABRICKS_HOST\` and \`DATABRICKS_TOKEN\` (a secret).`;
const HANDS_ON = `It sets the bot’s variables itself, and hands on ${names(HANDED_ON)} and what a build with Go needs.`;

/** The programs, as they are started. */
const PROGRAMS: readonly (readonly [title: string, schema: z.ZodObject, more?: string])[] = [
  ['The bot: `npm start`', BotVariables],
  ['The tools over HTTP: `npm run start:mcp`', McpHttpVariables],
  ['The tools on stdio: `npm run --silent mcp`', McpStdioVariables, SIGN_IN],
  ['The converter: `npm run convert`', ConverterVariables],
  ['The set-up of the CLI: `npm run setup:cli`', CliVariables],
  ['The playground: `npm run playground`', PlaygroundVariables, HANDS_ON],
];

/** What tests and benches read beside those; a test without its material is skipped and says so. */
const OF_TESTS: Readonly<Record<string, string>> = {
  BENCH_DATABASE: '`Postgres` or `PGlite`: `npm run bench -- load` measures on that one alone.',
  BENCH_SIZES: 'How many conversations at once it measures, such as `1,50`. Unset: 1, 10, 50, 200 and 500.',
  CHROMIUM_PATH: 'The browser for the tests of pages. Unset: `chromium` or `google-chrome` on `PATH`.',
  CORPUS_DIR: 'A folder whose `jobs/` holds jobs/get bodies; each of them is converted, deployed and compared.',
  JUDGE_DIR: 'A program of others, `roundtrip.py`, that compares what is deployed.',
  JUDGE_PATH:
    'Another stand-in of a workspace, on which the real CLI must make the same requests, and on which `npm run bench -- generate` measures.',
  SCREENSHOTS_DIR: 'Where tests of pages leave pictures.',
  SHOW_THREAD: 'Anything: print what the offline Claude says.',
  SLACK_SCHEMA_DIR: 'Slack’s published schemas of manifests.',
  TEST_ALL: '`1`: sweeps run whole; `npm run test:all` sets it. `every`: also those that take an hour.',
  TEST_PGHOST: 'A Postgres server for the contract of storage. Unset: one is started from Debian’s binaries.',
  TEST_PGPORT: 'Its port.',
  TEST_PGDATABASE: 'The database on it.',
  TEST_PGUSER: 'Whom to connect as.',
  TEST_PGPASSWORD: 'That user’s password (a secret).',
  TEST_SEED: 'A number that chooses random values and the samples of sweeps. Unset: 1.',
  UPDATE_GOLDEN: '`1`: rewrite what is made from code; `npm run golden` sets it.',
};

function names(all: readonly string[]): string {
  return all.map((name) => `\`${name}\``).join(', ');
}

interface About {
  readonly type?: string;
  readonly description?: string;
  readonly default?: string;
  readonly secret?: boolean;
}

/** A schema's own marks first, then those of what it wraps. */
function aboutOf(schema: z.ZodType): About {
  const own = schema.meta() as About | undefined;
  const inner = schema instanceof z.ZodOptional || schema instanceof z.ZodDefault ? aboutOf(schema.unwrap() as z.ZodType) : {};
  return { ...inner, ...own };
}

function defaultOf(schema: z.ZodType, about: About): string {
  if (about.default !== undefined) return about.default;
  if (schema instanceof z.ZodDefault) return `\`${String(schema.def.defaultValue)}\``;
  return schema instanceof z.ZodOptional ? '' : 'required';
}

function row([name, schema]: [string, z.ZodType]): string {
  const about = aboutOf(schema);
  expect([name, about.type, about.description]).toEqual([name, expect.any(String), expect.stringMatching(/^.+[.]$/s)]);
  return `| \`${name}\` | ${about.type} | ${defaultOf(schema, about)} | ${about.secret === true ? 'secret' : ''} | ${about.description} |`;
}

function table(shape: z.ZodRawShape): string {
  const rows = Object.entries(shape).map((entry) => row(entry as [string, z.ZodType]));
  return rows.length === 0 ? '' : ['| variable | type | default | | |', '|---|---|---|---|---|', ...rows].join('\n');
}

function section([title, { shape }, more = '']: (typeof PROGRAMS)[number]): string {
  const shared = SHARED.filter(([, , group]) => Object.keys(group).every((name) => name in shape));
  const own = Object.entries(shape).filter(([name]) => !shared.some(([, , group]) => name in group));
  const links = shared.map(([name, anchor]) => `[${name}](#${anchor})`).join(' and ');
  const also = links === '' ? '' : `${own.length === 0 ? 'Those' : 'And those'} of ${links}.`;
  return paragraphs(`## ${title}`, table(Object.fromEntries(own)), also, more);
}

function paragraphs(...all: readonly string[]): string {
  return all.filter((text) => text !== '').join('\n\n');
}

it('docs/configuration.md says what the code knows', () => {
  const tests = ['| variable | |', '|---|---|', ...Object.entries(OF_TESTS).map(([name, what]) => `| \`${name}\` | ${what} |`)].join('\n');
  const shared = SHARED.map(([title, , shape]) => paragraphs(`## ${title}`, table(shape), shape === CliVariables.shape ? GO : ''));
  expectMade('docs/configuration.md', paragraphs(...PROGRAMS.map(section), ...shared, '## Tests and benches', tests));
});

it('the list of tests is whole, and has nothing that no test reads', () => {
  const files = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const seen = files.flatMap((file) => {
    const text = readFileSync(join(ROOT, 'test', file), 'utf8');
    const single = [...text.matchAll(/process\.env\.(\w+)/g)].map(([, name = '']) => name);
    const several = [...text.matchAll(/\{ ([\w, ]+) \} = (?:process\.env|environment)\b/g)].flatMap(([, list = '']) => list.split(', '));
    return [...single, ...several];
  });
  const general = ['PATH', 'HOME', 'TZ', 'TMPDIR', 'DATABRICKS_CLI_PATH'];
  expect([...new Set(seen)].filter((name) => !general.includes(name)).sort()).toEqual(Object.keys(OF_TESTS).sort());
});

it.each([
  ['app.yaml', BotVariables],
  ['mcp-app.yaml', McpHttpVariables],
])('%s sets variables that its program knows', (file, { shape }) => {
  const { env } = parse(read(file)) as { env: { name: string; valueFrom?: string }[] };
  expect(env.map(({ name }) => name).filter((name) => !(name in shape))).toEqual([]);
  const secrets = Object.entries(shape).filter(([, schema]) => aboutOf(schema as z.ZodType).secret === true);
  for (const [name] of secrets) for (const one of env) if (one.name === name) expect(one).toHaveProperty('valueFrom');
});
