// The tools as Claude sees them: a snapshot per tool, a token budget, all hints, and nothing that could write to a workspace.
import { expect } from 'vitest';
import { TOOLS } from '../../../src/mcp/tools/index.ts';
import { annotationsOf } from '../../../src/mcp/tools/support/define-tool.ts';
import { toolsTest } from '../rig.ts';

/** Tokens (characters / 4) that all descriptions and schemas may take together. */
const TOKEN_BUDGET = 9_000;

const test = toolsTest();

test('the list is sorted, complete, the same bytes for every connection, and free of what the SDK adds', async ({ rig, client }) => {
  const listed = await client.list();
  expect(listed.map((tool) => tool.name)).toEqual([...TOOLS].map((tool) => tool.name).sort());
  const other = await rig.connect();
  expect(JSON.stringify(await other.list())).toBe(JSON.stringify(listed));
  await other.close();
  expect(JSON.stringify(listed)).not.toMatch(/\$schema|taskSupport|execution/);
  expect(listed.every((tool) => /^[a-z_]+$/.test(tool.name))).toBe(true);
});

test.for(TOOLS.map((tool) => tool.name))('schema of %s', async (name, { client }) => {
  const tool = (await client.list()).find((one) => one.name === name);
  await expect(`${JSON.stringify(tool, null, 2)}\n`).toMatchFileSnapshot(`snapshots/${name}.txt`);
  expect(tool?.input_schema.additionalProperties).toBe(false);
});

test('the whole list stays within its token budget', async ({ client }) => {
  const characters = JSON.stringify(await client.list()).length;
  expect(characters / 4).toBeLessThan(TOKEN_BUDGET);
});

test('every tool only reads or proposes, and carries all four hints', () => {
  for (const tool of TOOLS) {
    const hints = annotationsOf(tool);
    expect(hints.readOnlyHint).toBe(tool.kind === 'read');
    expect(hints).toMatchObject({ destructiveHint: false, idempotentHint: true, openWorldHint: false });
    // What is named after a write can only propose it.
    if (/deploy|delete|run|import|upload|destroy/.test(tool.name)) expect(tool.kind).toBe('propose');
  }
});
