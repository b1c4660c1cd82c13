// analyze_notebook: what a source does, read by parsers: widgets, tables, libraries, secrets and what it runs or imports.
import { z } from 'zod';
import { hardCodedPaths } from '../../analysis/storage-paths.ts';
import { hardCodedChanges } from '../../analysis/table-places.ts';
import type { Source } from '../../bundle/model/bundle.ts';
import { sourceOfFile } from '../../bundle/model/notebooks.ts';
import { UserError } from '../../values/errors.ts';
import { apart } from '../../worker/apart.ts';
import { defineTool, type ToolContext } from './support/define-tool.ts';
import { pathIn } from './support/find-by-name.ts';
import { capped, page, quote } from './support/foreign-text.ts';
import { bundleId, bundlePath, offset, workspacePath } from './support/inputs.ts';
import { fileOf, loadBundle } from './support/load-bundle.ts';

/** Most secrets that the answer lists. */
const MOST_SECRETS = 20;
const MOST_TABLES = 50;
const doing = 'Analyzing a notebook';

export const analyzeNotebook = defineTool({
  name: 'analyze_notebook',
  title: 'Analyze a notebook or file',
  description:
    'Reads a notebook or source file with a parser and answers its widgets, tables read and written, catalogs and schemas, libraries, secret scopes, Spark settings, what it runs and imports, what kind of work it does, and where it holds hard-coded secrets (never their values). Use it to answer what a notebook does or to choose variables, before you read whole files. Give path for the workspace, or bundle_id and bundle_path for a file of a bundle.',
  kind: 'read',
  input: z.strictObject({ path: workspacePath.optional(), bundle_id: bundleId.optional(), bundle_path: bundlePath.optional(), offset }),
  output: z.object({ path: z.string(), language: z.string(), kind: z.string(), secrets: z.int() }),
  async run({ path, bundle_id, bundle_path, offset }, context) {
    const source = await sourceOf({ path, bundle_id, bundle_path }, context);
    const title = `Analyzing ${source.path}`;
    context.steps.start(`analyze ${source.path}`, title);
    const analysis = await apart.analyze(source);
    context.steps.done(`analyze ${source.path}`, title);
    const { path: _path, secrets, named, changedPaths: _changed, ...rest } = analysis;
    const places = named.map(({ use, parts, line }) => `line ${line}: ${use} ${parts.join('.')}`);
    const found = secrets.map(({ line, kind }) => `- line ${line}: ${quote(kind)}`);
    const changed = [
      ...hardCodedChanges(analysis).map(({ parts, line }) => ({ name: parts.join('.'), line })),
      ...hardCodedPaths(analysis).map(({ path, line }) => ({ name: path, line })),
      ...analysis.logged.filter(({ name, use }) => use === 'written' && !name.includes('{')),
    ];
    const fixed = changed.map(({ name, line }) => `- line ${line}: ${quote(name)}`);
    const text = [
      page(`analysis of ${quote(source.path)}`, JSON.stringify({ ...rest, places }), offset),
      `Tables, paths, experiments and models that it changes whatever its parameters say, such as in a development copy (${fixed.length}):`,
      ...capped(fixed, MOST_TABLES),
      `Hard-coded secrets (${secrets.length}):`,
      ...capped(found, MOST_SECRETS),
    ].join('\n');
    const { language = 'none', kind } = analysis;
    return { text, structured: { path: source.path, language, kind, secrets: secrets.length } };
  },
});

async function sourceOf(
  { path, bundle_id, bundle_path }: { path?: string | undefined; bundle_id?: string | undefined; bundle_path?: string | undefined },
  { workspace, caller, bundles, signal }: ToolContext,
): Promise<Source> {
  if (bundle_id !== undefined && bundle_path !== undefined && path === undefined) {
    const { bytes } = fileOf(await loadBundle(bundles, bundle_id, doing), bundle_path, doing);
    return sourceOfFile({ path: bundle_path, bytes });
  }
  if (path === undefined || bundle_id !== undefined || bundle_path !== undefined)
    throw new UserError({ doing, problem: 'It must be path, or bundle_id with bundle_path.', next: 'Call again with one of the two.' });
  const source = await workspace.exportSource(pathIn(path, caller.host, doing), 'notebook', signal);
  if (source !== undefined) return source;
  throw new UserError({
    doing,
    problem: 'There is no notebook or file at this path, or this person may not see it.',
    next: 'Check the path with list_notebooks.',
  });
}
