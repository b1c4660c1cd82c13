// Which target a bundle offers by itself: by what its targets stand for, not by what they are called.
import { expect, test } from 'vitest';
import { offeredTarget } from '../../../src/bundle/yaml/describe-tree.ts';

const bundle = (targets: Record<string, string | undefined>) => {
  const lines = Object.entries(targets).map(
    ([name, mode]) => `  ${name}:\n    ${mode === undefined ? 'variables: {}' : `mode: ${mode}`}\n`,
  );
  const yaml = `bundle:\n  name: churn\ntargets:\n${lines.join('')}`;
  return { files: [{ path: 'databricks.yml', bytes: new TextEncoder().encode(yaml) }], targets: Object.keys(targets) };
};

test.for<[string, Record<string, string | undefined>, string]>([
  ['dev of several for development', { test: 'development', dev: 'development', prod: 'production' }, 'dev'],
  ['the first for development where none is called so', { prod: 'production', test: 'development', lab: 'development' }, 'test'],
  ['one for development, also where dev is for production', { dev: 'production', test: 'development' }, 'test'],
  ['one for development, also where dev does not say what it is', { dev: undefined, test: 'development' }, 'test'],
  ['the first where none is for development', { live: 'production', other: 'production' }, 'live'],
])('%s is offered', ([, targets, offered]) => {
  expect(offeredTarget(bundle(targets))).toBe(offered);
});
