// The README.md of a bundle: what it is made of and how to deploy it by hand.
import type { Variable } from './variables.ts';

function inline(text: string): string {
  return text
    .replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, ' ')
    .replace(/([\\`*_{}[\]<>#|])/g, '\\$1')
    .trim();
}

/** Renders README.md; `name` is the job's own name, foreign text that is escaped here. */
export function renderReadme(input: { name: string; jobId: string; key: string; variables: readonly Variable[]; sources: number }): string {
  const rows = input.variables.map(({ name, value, description }) => `| \`${name}\` | ${inline(String(value))} | ${inline(description)} |`);
  const variables =
    rows.length === 0
      ? []
      : [
          '## Variables',
          '',
          '| Name | Value of the job | What it is |',
          '|---|---|---|',
          ...rows,
          '',
          'Change them per target in `databricks.yml`.',
          '',
        ];
  return [
    `# ${inline(input.name)}`,
    '',
    `A Declarative Automation Bundle made from job ${input.jobId}.`,
    '',
    '- `databricks.yml`: the bundle and its targets, `dev` (your own paused copy) and `prod`',
    `- \`resources/${input.key}.job.yml\`: the job`,
    ...(input.sources > 0 ? [`- \`src/\`: the job's ${input.sources === 1 ? 'source file' : `${input.sources} source files`}`] : []),
    '',
    ...variables,
    '## Deploying by hand',
    '',
    'With the Databricks CLI (1.9 or newer), signed in to the workspace (`databricks auth login`):',
    '',
    '```sh',
    'databricks bundle validate -t dev',
    'databricks bundle deploy -t dev',
    `databricks bundle run -t dev ${input.key}`,
    '```',
    '',
    '`-t prod` deploys a second job beside the original; pause or delete the original first.',
    '',
  ].join('\n');
}
