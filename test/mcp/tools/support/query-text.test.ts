// Rows for the model: capped by characters, values cut, nothing invisible, no secrets, and no way out of the marked data.
import { expect, test } from 'vitest';
import { queryText } from '../../../../src/mcp/tools/support/query-text.ts';

const statement = (columns: string[], rows: string[][], truncated = false) => ({ id: 'x', state: 'SUCCEEDED', columns, rows, truncated });

test('says how many rows and columns did not fit', async () => {
  const wide = Array.from({ length: 120 }, (_, i) => `c${i}`);
  const rows = Array.from({ length: 400 }, (_, i) => wide.map(() => String(i)));
  const { text, shown } = await queryText(statement(wide, rows, true), {});
  expect(text.length).toBeLessThan(16_000);
  expect(shown).toBeGreaterThan(5);
  expect(text).toContain(`${400 - shown} more rows came and do not fit here.`);
  expect(text).toContain('20 more columns were left out.');
  expect(text).toContain('more rows than were asked for');
});

test('cuts long values, and always shows a first row', async () => {
  const { text, shown } = await queryText(statement(['a'], [['x'.repeat(50_000)]]), {});
  expect(shown).toBe(1);
  expect(text.length).toBeLessThan(1_200);
  expect(text).toContain('… (50000 characters)');
});

test('leaves out invisible characters and secrets, and stays one line a row', async () => {
  const token = `dapi${'0123456789abcdef'.repeat(2)}`;
  const { text } = await queryText(statement(['a\u200b', 'b'], [['two\nlines\u202e', token]]), {});
  expect(text.split('\n').slice(1)).toEqual(['["a","b"]', expect.stringMatching(/^\["two\\nlines","<secret .*>"\]$/)]);
  expect(text).not.toContain(token);
});
