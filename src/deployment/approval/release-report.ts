// RELEASE-<target>.md: the whole of what a deployment would change, for whoever wants to read more than a card can show.
import { cliWithAge } from '../../bundle/currency/age.ts';
import type { BundleFile } from '../../bundle/model/bundle.ts';
import type { ProposalRow } from '../../storage/deployment-proposals.ts';
import { objectOf, parseJson } from '../../values/json.ts';
import { entriesOf } from '../cli/plan-json.ts';
import { headlineOf } from '../policy/headline.ts';
import type { FileChange, Release, ResourceChange, SettingChange } from '../policy/release-diff.ts';

/** Characters of a value; longer ones are cut, since a report is read. */
const LONGEST_VALUE = 2000;

type Reported = Pick<ProposalRow, 'target' | 'version' | 'bundleDigest' | 'host' | 'userName' | 'plan' | 'cliVersion' | 'createdAt'>;

/** Foreign text stands in code, where it can't act as markup. */
export function renderReleaseReport(
  { target, version, bundleDigest, host, userName, plan, cliVersion, createdAt }: Reported,
  release: Release,
): BundleFile {
  const lines = [
    `# Release to ${target}`,
    '',
    headlineOf(release),
    '',
    `- Version ${version}, digest \`${bundleDigest}\``,
    `- Workspace: ${host}`,
    `- Deploys as: ${code(userName)}`,
    `- Planned ${createdAt.toISOString().slice(0, 16).replace('T', ' ')} UTC with ${cliWithAge(cliVersion)}`,
    ...section('What to look at', findingLines(release)),
    ...section('Settings', release.resources.flatMap(resourceLines)),
    ...section('Files', fileLines(release.files)),
    ...section('The plan of the Databricks CLI', planLines(plan)),
    '',
  ];
  return { path: `RELEASE-${target}.md`, bytes: new TextEncoder().encode(lines.join('\n')) };
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `## ${title}`, '', ...lines];
}

function findingLines({ findings }: Release): string[] {
  return findings.map(({ weight, text }) => `- ${weight === 'danger' ? '**Danger**' : weight === 'warning' ? 'Warning' : 'Note'}: ${text}`);
}

const ACTIONS: Readonly<Record<ResourceChange['action'], string>> = {
  create: 'is created',
  update: 'is changed',
  recreate: 'is deleted and made anew',
  delete: 'is deleted',
  adopt: 'is taken over',
  forget: 'no longer exists',
  unchanged: 'does not change',
};

function resourceLines({ type, key, name, id, action, settings }: ResourceChange): string[] {
  const what = [...(name === undefined ? [] : [code(name)]), ...(id === undefined ? [] : [id])];
  const title = `### ${code(`${type}.${key}`)}${what.length === 0 ? '' : ` (${what.join(', ')})`} ${ACTIONS[action]}`;
  if (settings.length === 0) return [title, ''];
  return [title, '', '| Setting | Before | After | |', '|---|---|---|---|', ...settings.map(settingRow), ''];
}

function settingRow({ path, was, is, byHand }: SettingChange): string {
  return `| ${code(path)} | ${valueCell(was)} | ${valueCell(is)} | ${byHand ? 'edited in the workspace' : ''} |`;
}

function valueCell(value: string | undefined): string {
  return value === undefined ? '' : code(value.length > LONGEST_VALUE ? `${value.slice(0, LONGEST_VALUE)}…` : value);
}

function fileLines(files: readonly FileChange[]): string[] {
  if (files.length === 0) return [];
  const rows = files.map(({ path, change, lines, byHand }) => {
    const count = lines === undefined ? '' : `+${lines.added} −${lines.removed}`;
    return `| ${code(path)} | ${change} | ${count} | ${byHand ? 'edited in the workspace' : ''} |`;
  });
  return ['| File | | Lines | |', '|---|---|---|---|', ...rows];
}

function planLines(plan: string): string[] {
  return entriesOf(objectOf(parseJson(plan))).map(({ node, action }) => `- ${action} ${code(node.replace(/^resources\./, ''))}`);
}

/** Inline code that holds any text: on one line, between more backticks than it has in a row, its bars escaped for tables (GitHub's Markdown). */
function code(text: string): string {
  const plain = text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').replaceAll('|', '\\|');
  const longest = Math.max(0, ...[...plain.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return longest === 0 && !/^ | $|^$/.test(plain) ? `\`${plain}\`` : `${fence} ${plain} ${fence}`;
}
