// "Make a bundle of job 123": generate, validate, and a summary of what the tools answered.
import { askOne, section, type Talk, ToolTrouble, unquote, value } from '../conversation/talk.ts';
import { ownedBy } from './owned.ts';

/** The job id that a message asks a bundle for. */
export function wantsBundle(text: string): string | undefined {
  if (!/\b(?:bundle|convert|generate|dab)\b/i.test(text)) return undefined;
  return (
    /\bjob\s+(?:id\s+)?[#`"]?(\d{1,19})\b/i.exec(text)?.[1] ?? /#job\/(\d{1,19})|\/jobs\/(\d{1,19})/.exec(text)?.slice(1).find(Boolean)
  );
}

export function* makeBundle(jobId: string, anyway = false): Talk<string> {
  const made = yield* askOne(
    'generate_bundle_from_job',
    { job_id: jobId, ...(anyway ? { even_if_owned: true } : {}) },
    `I'll read job ${jobId} with its sources and make a bundle of it.`,
  );
  const owned = ownedBy(jobId, made);
  if (owned !== undefined) return owned;
  const bundle = value(made, 'bundle_id');
  if (bundle === undefined) throw new ToolTrouble('The tool answered no bundle.');
  const proof = yield* askOne('validate_bundle', { bundle_id: bundle });
  return [...aboutBundle(made), ...verdict(proof), lookAt(made, proof)].filter((part) => part !== '').join('\n\n');
}

/** What a new bundle holds: files, variables, secrets. */
export function aboutBundle(made: string): string[] {
  const secrets = section(made, 'Hard-coded secrets').lines.map(unquote);
  const warning =
    secrets.length === 0
      ? ''
      : [
          `Careful, ${secrets.length === 1 ? 'a hard-coded secret' : `${secrets.length} hard-coded secrets`} in it, masked in the zip; deploying waits until replaced:`,
          ...secrets.slice(0, 5).map((line) => `• ${line}`),
          '',
          'Say for instance “replace the secrets with scope etl”.',
        ].join('\n');
  return [holds(made), variables(made), warning].filter((part) => part !== '');
}

function holds(made: string): string {
  const name = unquote(value(made, 'Job name') ?? '""');
  const paths = section(made, 'Files').lines.map(unquote);
  const sources = paths.filter((path) => path.startsWith('src/'));
  const config = paths.filter((path) => path === 'databricks.yml' || path.startsWith('resources/')).map((path) => `\`${path}\``);
  const others = paths.filter((path) => !sources.includes(path) && !config.includes(`\`${path}\``)).map((path) => `\`${path}\``);
  const tasks = section(made, 'Tasks').count;
  const parts = [
    ...config,
    ...(sources.length === 0 ? [] : [sources.length === 1 ? `the source \`${sources[0]}\`` : `${sources.length} sources under \`src/\``]),
    ...others,
  ];
  return `Here is the bundle of “${name}”, a job of ${tasks === 1 ? 'one task' : `${tasks} tasks`}. It holds ${parts.join(', ')}. Its targets are ${unquote(value(made, 'Targets') ?? '')}.`;
}

function variables(made: string): string {
  const { count, lines } = section(made, 'Variables');
  if (count === 0) return 'No value had to become a variable.';
  const items = lines
    .map((line) => /^(\w+) = ("(?:[^"\\]|\\.)*"): (.*)$/.exec(line))
    .map((found) => (found === null ? '' : `• \`${found[1]}\` = \`${unquote(found[2] ?? '')}\`: ${unquote(found[3] ?? '')}`));
  return [
    `${count === 1 ? 'One value' : `${count} values`} became variables:`.replace(
      'One value became variables',
      'One value became a variable',
    ),
    ...items,
  ].join('\n');
}

/** What the validation said, also when there was none. */
export function verdict(proof: string): string[] {
  if (proof.startsWith('Not validated')) {
    const [problem = '', next = ''] = proof.split('\n').map(unquote);
    return [`I could not validate it here. ${problem.replace('Not validated: ', '')} ${next.replace('What to do next: ', '')}`];
  }
  const lost = section(proof, 'Lost, an error');
  if (lost.count === 0) return [];
  return [
    [
      `Careful, ${lost.count === 1 ? 'one setting of the job is' : `${lost.count} settings of the job are`} lost or not as before:`,
      ...lost.lines.slice(0, 5).map((line) => `• ${unquote(line)}`),
    ].join('\n'),
  ];
}

function lookAt(made: string, proof: string): string {
  const { lines } = section(made, 'To look at');
  const warnings = section(proof, 'Warnings of the CLI').lines;
  const items = [...lines, ...warnings].map(unquote).map((line) => `• ${line.replace(/^(?:error|warning|note) at /, '')}`);
  if (items.length === 0) return proof.startsWith('Not validated') ? '' : 'Nothing needs a second look.';
  const rest = items.length > 5 ? [`• and ${items.length - 5} more, see \`PROOF.md\` in the zip`] : [];
  return ['Please look at:', ...items.slice(0, 5), ...rest].join('\n');
}
