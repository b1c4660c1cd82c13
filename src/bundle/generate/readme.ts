// The README.md of a bundle: what it is made of and how to deploy it by hand.
import { isCatalog, ownName } from '../data/names.ts';
import type { Adoption } from '../model/bundle.ts';
import { type KeyedResource, RESOURCE_KIND } from '../model/resources.ts';
import { startsByItself, type TargetWish } from './targets.ts';
import type { Variable } from './variables.ts';

interface ReadmeInput {
  /** The job's own name, foreign text that is escaped here. */
  readonly name: string;
  readonly jobId: string;
  /** The workspace folder that a proposed job is for. */
  readonly folder: string | undefined;
  readonly resources: readonly KeyedResource[];
  readonly variables: readonly Variable[];
  /** How many files lie under `src/`. */
  readonly sources: number;
  /** Where the files of a Git job came from, foreign text that is escaped here. */
  readonly brought?: string | undefined;
  readonly targets: readonly TargetWish[];
  readonly adoption: Readonly<Record<string, Adoption>>;
  /** Values of variables in a development target that are not those of the job: where data is. */
  readonly own: (target: string) => Readonly<Record<string, string>>;
  /** What else keeps a development copy apart: that it does not start by itself, where its runs are logged. */
  readonly others: (target: string) => Readonly<Record<string, string>>;
}

function inline(text: string): string {
  return text
    .replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, ' ')
    .replace(/([\\`*_{}[\]<>#|])/g, '\\$1')
    .trim();
}

/** A row of the table that `variableTable` makes, for one variable. */
export function rowStart(name: string): string {
  return `| \`${name}\` |`;
}

function variableTable({ variables, own, others, targets }: ReadmeInput): string[] {
  if (variables.length === 0) return [];
  const copies = targets
    .filter(({ environment }) => environment === 'development')
    .map(({ name }) => ({ name: `\`${name}\``, own: own(name), values: { ...own(name), ...others(name) } }))
    .filter(({ values }) => Object.keys(values).length > 0);
  const rows = variables.map(({ name, value, description, lookup }) => {
    const shown = lookup === undefined ? inline(value) : `looked up: ${inline(value)}`;
    const cells = copies.map(({ values: { [name]: there } }) => ` ${there === undefined ? shown : `\`${ownName(there)}\``} |`);
    return `${rowStart(name)} ${shown} |${cells.join('')} ${inline(description)} |`;
  });
  const head = ['Name', 'Value', ...copies.map((copy) => `In ${copy.name}`), 'What it is'];
  const change = 'To give one another value in a target, set it under `variables` of that target in `databricks.yml`.';
  const moved = copies.filter((copy) => Object.keys(copy.own).some((name) => !isCatalog(name)));
  const where = moved.map(({ name }) => name).join(', ');
  const copy = moved.length > 0 ? [`A schema that is another one in ${where} is the copy’s own, and must be there.`, ''] : [];
  return ['## Variables', '', `| ${head.join(' | ')} |`, `|${'---|'.repeat(head.length)}`, ...rows, '', change, '', ...copy];
}

const OWN_COPY = 'makes your own copy: its name gets a prefix, and nothing in it starts by itself.';
const NEW = 'makes the job, under its own name.';
/** By whether the original starts by itself. */
const COPIES = {
  copy: ['makes a copy beside the original.', 'makes a copy beside the original; pause one of the two where both start by themselves.'],
  beside: ['makes a copy beside the original.', 'makes a copy beside the original, in which nothing starts by itself.'],
  replace: ['makes a copy in the original’s place.', 'makes a copy in the original’s place: pause the original first.'],
} as const;

function adoptionText({ name: target, environment }: TargetWish, { adoption, resources }: ReadmeInput): string[] {
  const way = adoption[target] ?? 'copy';
  const copied = COPIES[way === 'bind' ? 'copy' : way][startsByItself(resources) ? 1 : 0];
  const made = resources.every(({ id }) => id === '') ? NEW : copied;
  if (way !== 'bind') return [`- \`${target}\` ${environment === 'development' ? OWN_COPY : made}`];
  const commands = resources
    .filter(({ id }) => id !== '')
    .map(({ key, id }) => `  databricks bundle deployment bind ${key} ${id} -t ${target}`);
  return [
    `- \`${target}\` takes the original over: its id, history and links stay. Bind it once, before the first deployment:`,
    '',
    '  ```sh',
    ...commands,
    '  ```',
    '',
    `  From then on \`bundle destroy -t ${target}\` would delete the original; \`prevent_destroy\` stops that.`,
  ];
}

/** Renders README.md. */
export function renderReadme(input: ReadmeInput): string {
  const { name, jobId, folder, resources, sources, brought, targets } = input;
  const [main] = resources;
  const inMode = (mode: TargetWish['environment']) =>
    targets.filter(({ environment }) => environment === mode).map(({ name: target }) => `\`${target}\``);
  const files = resources.map(
    ({ file, type, prefix, name: title }) =>
      `- \`${file}\`: ${prefix === '' ? 'the job' : `the ${RESOURCE_KIND[type]} ${inline(title ?? '')}`}`,
  );
  const proposed =
    folder === undefined ? 'the definition of a job' : `the folder ${inline(folder)}, with a job that was proposed for its files`;
  const madeFrom = jobId === '' ? proposed : `job ${jobId}`;
  return [
    `# ${inline(name)}`,
    '',
    `A Declarative Automation Bundle made from ${madeFrom}.`,
    '',
    `- \`databricks.yml\`: the bundle and its targets, ${inMode('development').join(', ')} (your own copy) and ${inMode('production').join(', ')}`,
    ...files,
    ...(sources > 0 ? [`- \`src/\`: ${sources === 1 ? 'the source file' : `${sources} source files`}`] : []),
    '',
    ...(brought === undefined ? [] : [`The files came out of Git: ${inline(brought)}. New commits there do not reach this bundle.`, '']),
    ...variableTable(input),
    '## Deploying by hand',
    '',
    'With the Databricks CLI (1.9 or newer), signed in to the workspace (`databricks auth login`):',
    '',
    '```sh',
    'databricks bundle validate -t dev',
    'databricks bundle deploy -t dev',
    `databricks bundle run -t dev ${main?.key ?? ''}`,
    '```',
    '',
    'The first deployment:',
    '',
    ...targets.flatMap((target) => adoptionText(target, input)),
    '',
  ].join('\n');
}
