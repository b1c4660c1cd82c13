// What a person names for their copies: whose it is then, what several schemas are called, and where another target's data is met.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of bundles, not of JavaScript
import { expect, it } from 'vitest';
import { catalogOf, metAmong, patternOf, schemaBehind, valuesIn } from '../../../src/bundle/data/names.ts';

const named = (values: Record<string, string>) => Object.entries(values).map(([name, value]) => ({ name, value }));

it.each([
  ['dev_ana_b', 'dev_{short_name}'],
  ['ana_b', '{short_name}'],
  ['Ana_B_sandbox', '{short_name}_sandbox'],
  ['dev-ana_b-x', 'dev-{short_name}-x'],
  ['sandbox_{short_name}', 'sandbox_{short_name}'],
  // No word of its own.
  ['banana_bar', 'banana_bar'],
  ['sandbox_42', 'sandbox_42'],
])('takes the name of its person in %s for theirs', (name, pattern) => {
  expect(patternOf(name, 'ana_b')).toBe(pattern);
});

it('is nobody’s where the person has no name', () => {
  expect(patternOf('a__b', '')).toBe('a__b');
});

it('knows the catalog of production, as far as there is one', () => {
  expect(catalogOf(named({ catalog: 'Main', source_catalog: 'main', schema: 'sales' }))).toBe('main');
  expect(catalogOf(named({ schema: 'prod.sales' }))).toBe('prod');
  expect(catalogOf(named({ catalog: 'main', out_catalog: 'gold' }))).toBe('');
  expect(catalogOf(named({ schema: 'sales', environment: 'prod' }))).toBe('');
});

it('calls several schemas after those that they stand for, and finds back what they were made of', () => {
  const own = named({ raw_schema: 'main.raw', schema: 'sales', catalog: 'main' });
  const values = valuesIn({ schema: 'sandbox_42', catalog: 'lab' }, own);
  expect(values).toEqual({ raw_schema: 'lab.sandbox_42_raw', schema: 'sandbox_42_sales', catalog: 'lab' });
  const schemas = own.filter(({ name }) => name !== 'catalog').map(({ name, value }) => ({ value, own: values[name] ?? '' }));
  expect(schemaBehind(schemas)).toBe('sandbox_42');
  expect(valuesIn({}, named({ schema: 'sales' }))).toEqual({ schema: 'dev_${workspace.current_user.short_name}' });
  expect(schemaBehind([{ value: 'sales', own: 'dev_${workspace.current_user.short_name}' }])).toBe('dev_{short_name}');
});

it('meets production’s data by name, unless all that is written moves to another catalog', () => {
  const production = named({ catalog: 'main', source_catalog: 'main', schema: 'Sales', source_schema: 'raw' });
  expect(metAmong({ schema: 'sandbox_42' }, production)).toBeUndefined();
  expect(metAmong({ schema: 'sales' }, production)).toBe('sales');
  expect(metAmong({ schema: 'raw' }, production)).toBe('raw');
  expect(metAmong({ schema: 'sales', catalog: 'lab' }, production)).toBeUndefined();
  expect(metAmong({ schema: 'sales', catalog: 'MAIN' }, production)).toBe('sales');
  expect(metAmong({ catalog: 'lab' }, production)).toBeUndefined();
  expect(metAmong({ catalog: 'Main' }, production)).toBe('Main');
  // A second catalog that stays is where the schema may be.
  expect(metAmong({ schema: 'sales', catalog: 'lab' }, [...production, { name: 'gold_catalog', value: 'gold' }])).toBe('sales');
  expect(metAmong({ schema: 'lab.sales' }, named({ schema: 'main.sales' }))).toBeUndefined();
  expect(metAmong({ schema: 'main.sales' }, named({ catalog: 'main', schema: 'sales' }))).toBe('main.sales');
});
