// What an edit leaves without a use goes with it; what somebody wanted so, or is about to use, stays.
import { describe, expect, it } from 'vitest';
import { checkBundle } from '../../../src/bundle/check/check-bundle.ts';
import { dropUnusedVariables, isWhole } from '../../../src/bundle/edit/drop-unused-variables.ts';
import { editBundle } from '../../../src/bundle/edit/edit.ts';
import { moveTarget } from '../../../src/bundle/edit/move-target.ts';
import { generateBundle } from '../../../src/bundle/generate/generate.ts';
import { CASES, HOST, textOf } from '../fixtures.ts';

const JOB = 'resources/nightly_sales.job.yml';
const ROOT = 'databricks.yml';
const nightly = CASES.nightly ?? { definition: { jobId: '', settings: {} }, sources: [] };
const made = generateBundle({ ...nightly, host: HOST });

function edit(bundle: typeof made, path: string, from: string, to: string): typeof made {
  const text = textOf(bundle, path);
  expect(text).toContain(from);
  return editBundle(bundle, [{ path, content: text.replaceAll(from, () => to) }]);
}

const use = (name: string) => `\${var.${name}}`;
const withoutReport = (bundle: typeof made) =>
  edit(bundle, JOB, `            parameters:\n              schema: ${use('schema_report')}\n`, '');
const names = (bundle: typeof made) => bundle.variables.map(({ name }) => name);

describe('a variable that an edit leaves without a use', () => {
  it('goes, with its values in targets and its row in the README; the rest stays to the letter', () => {
    const { bundle, dropped } = dropUnusedVariables(made, withoutReport(made));
    expect([dropped, names(bundle), checkBundle(bundle.files)]).toEqual([['schema_report'], ['catalog', 'schema'], []]);
    const left = (text: string, block: RegExp) => text.replace(block, '');
    expect(textOf(bundle, ROOT)).toBe(
      left(textOf(made, ROOT), / {2}schema_report:\n {4}description: .*\n.*\n/).replace(/ {6}schema_report: .*\n/, ''),
    );
    expect(textOf(bundle, 'README.md')).toBe(left(textOf(made, 'README.md'), /\| `schema_report` .*\n/));
  });

  it('goes with others that only it used, and the last of all with what stood around it', () => {
    const chained = edit(made, ROOT, '    default: gold\n', `    default: ${use('layer')}\n  layer:\n    default: gold\n`);
    expect(dropUnusedVariables(chained, withoutReport(chained)).dropped).toEqual(['schema_report', 'layer']);
    const none = edit(edit(withoutReport(made), JOB, use('catalog'), 'main'), JOB, use('schema'), 'raw');
    const { bundle } = dropUnusedVariables(made, none);
    expect(bundle.variables).toEqual([]);
    expect(textOf(bundle, ROOT)).not.toContain('variables:');
    expect(textOf(bundle, 'README.md')).not.toMatch(/Variables|which must be there|\| Name/);
    expect(textOf(bundle, 'README.md')).toContain('3 source files\n\n## Deploying by hand\n');
  });

  it('goes where only the folder named it that its target has left', () => {
    const teams = edit(made, ROOT, '\nvariables:\n', '\nvariables:\n  team:\n    default: data\n');
    const root = /(?<=root_path: ).*/.exec(textOf(teams, ROOT))?.[0] ?? '';
    const there = edit(teams, ROOT, root, `/Workspace/Teams/${use('team')}/.bundle/nightly/prod`);
    const moved = moveTarget(there, 'prod', '/Workspace/Teams/sales/.bundle/nightly/prod');
    expect([names(there).includes('team'), names(moved)]).toEqual([true, names(made)]);
  });

  it('takes no target with it that says nothing else', () => {
    const staged = edit(made, ROOT, 'targets:\n', 'targets:\n  qa:\n    variables:\n      schema_report: q\n');
    const { bundle } = dropUnusedVariables(staged, withoutReport(staged));
    expect([bundle.targets, textOf(bundle, ROOT)]).toEqual([['qa', 'dev', 'prod'], expect.stringContaining('  qa: {}\n')]);
  });
});

it('leaves alone what had no use before, and what is new', () => {
  const more = edit(made, ROOT, '\nvariables:\n', '\nvariables:\n  later:\n    default: x\n');
  expect(dropUnusedVariables(made, more)).toEqual({ bundle: more, dropped: [] });
  expect(dropUnusedVariables(more, withoutReport(more)).dropped).toEqual(['schema_report']);
});

it('leaves a tree alone in the middle of several edits, and is done with what they leave', () => {
  const first = edit(made, JOB, use('schema_report'), use('gold'));
  expect(dropUnusedVariables(made, first)).toEqual({ bundle: first, dropped: [] });
  expect([made, first].map((one) => isWhole(one))).toEqual([true, false]);
  const second = edit(first, ROOT, '\nvariables:\n', '\nvariables:\n  gold:\n    default: gold\n');
  const { bundle, dropped } = dropUnusedVariables(made, second);
  expect([dropped, names(bundle), isWhole(bundle)]).toEqual([['schema_report'], ['gold', 'catalog', 'schema'], true]);
});
