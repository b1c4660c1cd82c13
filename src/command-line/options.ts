// What the converter is asked for on the command line.
import { parseArgs } from 'node:util';
import type { TargetWish } from '../bundle/generate/targets.ts';
import { TARGET_NAME } from '../bundle/model/safe-names.ts';
import { MAX_DEPTH } from '../conversion/subject.ts';
import { ConfigError } from '../values/errors.ts';

export type Options = ReturnType<typeof parseOptions>;

export const USAGE = `usage:
  npm run convert -- --job ID --out DIR         one job of the workspace of DATABRICKS_HOST and DATABRICKS_TOKEN, with its sources
  npm run convert -- --folder PATH --out DIR    a workspace folder: every file of it, and a job that is proposed from them
  npm run convert -- FILE|DIR --out DIR         bodies of jobs/get from disk (grants: ../permissions/<same name>.json); a bundle each

  --sources DIR     with FILE|DIR: workspace files from this folder (DIR/Users/…); without it they are made up
  --deploy TARGET   bind (with --adopt), deploy with the Databricks CLI, then compare with what the workspace answers
  --no-proof        do not compare with what the CLI resolves
  --depth N         how far child jobs, pipelines and dashboards come along (1; 0: none)
  --target NAME     a target beside dev and prod, for production or (NAME:development) for everybody's own copies; may be repeated
  --adopt TARGET    this target takes the original job over (bind); without it a copy takes its place
  --git bring       bring the files of a Git job in from the workspace's Git folder (default: keep git_source)
  --anyway          convert a job that another bundle already owns

Exit: 0 nothing differs, 1 something differs or failed, 2 wrong usage.
`;

/** Reads the arguments. Throws ConfigError with everything that is wrong with them. */
export function parseOptions(args: readonly string[]) {
  const { values, positionals } = parsed(args);
  const problems: string[] = [];
  const given = [values.job, values.folder, ...positionals].filter((one) => one !== undefined);
  if (given.length !== 1) problems.push('say one thing to convert: --job ID, --folder PATH, or a file or folder of definitions');
  if (values.out === undefined) problems.push('--out DIR is missing');
  const depth = Number(values.depth ?? 1);
  if (!Number.isInteger(depth) || depth < 0 || depth > MAX_DEPTH) problems.push(`--depth must be a number from 0 to ${MAX_DEPTH}`);
  if (values.git !== undefined && values.git !== 'keep' && values.git !== 'bring') problems.push('--git must be keep or bring');
  if (values.sources !== undefined && positionals.length === 0) problems.push('--sources goes with a file or folder of definitions');
  const targets = (values.target ?? []).map(targetWish);
  for (const name of [...targets.map((target) => target.name), ...(values.adopt ?? [])])
    if (!TARGET_NAME.test(name)) problems.push(`${JSON.stringify(name)} can't be the name of a target`);
  if (problems.length > 0) throw new ConfigError(problems);
  const { job, folder } = values;
  const from: { job: string } | { folder: string } | { file: string } =
    job !== undefined ? { job } : folder !== undefined ? { folder } : { file: positionals[0] ?? '' };
  return {
    from,
    out: values.out ?? '',
    sources: values.sources,
    deploy: values.deploy,
    proof: values['no-proof'] !== true,
    depth,
    targets,
    adopt: values.adopt ?? [],
    git: values.git === 'bring' ? ('bring' as const) : ('keep' as const),
    anyway: values.anyway === true,
  };
}

/** `NAME`, or `NAME:development`. */
function targetWish(given: string): TargetWish {
  const name = given.replace(/:(development|production)$/, '');
  return { name, environment: given.endsWith(':development') ? 'development' : 'production' };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        job: { type: 'string' },
        folder: { type: 'string' },
        out: { type: 'string' },
        sources: { type: 'string' },
        deploy: { type: 'string' },
        'no-proof': { type: 'boolean' },
        depth: { type: 'string' },
        target: { type: 'string', multiple: true },
        adopt: { type: 'string', multiple: true },
        git: { type: 'string' },
        anyway: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new ConfigError([error instanceof Error ? (error.message.split('\n')[0] ?? error.message) : String(error)]);
  }
}
