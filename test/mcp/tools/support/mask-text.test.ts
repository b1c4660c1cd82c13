// A text of the workspace hides what the scanner finds in it, and what the conversation called a secret before, each under its name.
import { expect, it } from 'vitest';
import { calledIn } from '../../../../src/bundle/secrets/called-secrets.ts';
import { maskText } from '../../../../src/mcp/tools/support/mask-text.ts';

it('masks under the names of the conversation', async () => {
  const known = [{ name: 'password', value: 'swordfish' }];
  const bundles = { called: async (tree: Parameters<typeof calledIn>[0]) => calledIn({ ...tree, called: known }) };
  const text = '{"x": "swordfish", "password": "hunter2222"}';
  expect(await maskText(text, { bundles })).toBe('{"x": "<secret password>", "password": "<secret 2 password>"}');
  expect(await maskText(text, {})).toBe('{"x": "swordfish", "password": "<secret password>"}');
});
