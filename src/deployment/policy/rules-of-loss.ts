// Rules on what is lost: deleted, made anew, overwritten, or handed to another owner.
import { code, counted, kindOf, listed, settingWords } from './phrases.ts';
import type { FileChange, Finding, Release, SettingChange } from './release-diff.ts';
import type { Rule } from './situation.ts';

/** What goes with a resource (facts: cli#destructive-changes). */
const GOES_WITH: Readonly<Record<string, string>> = {
  jobs: ' and the history of its runs',
  pipelines: ' and the tables that it keeps',
  schemas: ' and everything in it',
  volumes: ' and the files in it',
};

export const deleted: Rule = ({ action, type, words, id }) => {
  if (action === 'forget') {
    return [{ rule: 'delete', weight: 'note', text: `${upper(words)} no longer exists; the deployment's record forgets it.` }];
  }
  if (action !== 'delete') return [];
  const which = id === undefined ? '' : ` (${code(id)})`;
  return [{ rule: 'delete', weight: 'danger', text: `Deletes ${words}${which}${GOES_WITH[type] ?? ''}.` }];
};

export const recreated: Rule = ({ action, type, words }) => {
  if (action !== 'recreate') return [];
  return [{ rule: 'recreate', weight: 'danger', text: `Deletes ${words}${GOES_WITH[type] ?? ''}, and makes it anew.` }];
};

export const overwritten: Rule = ({ words, settings }) => {
  const found = settings.filter(({ byHand }) => byHand);
  if (found.length === 0) return [];
  const text =
    found.length === 1
      ? `Overwrites an edit made in the workspace: ${editWords(found[0])}, ${words}.`
      : `Overwrites ${counted(found.length, 'edit')} made in the workspace of ${words}: ${listed(found.map(editWords))}.`;
  return [{ rule: 'hand edit', weight: 'danger', text }];
};

/** Files that somebody has edited or deleted in the workspace since the last deployment. */
export function overwrittenFiles(files: readonly FileChange[]): Finding[] {
  const edited = files.filter(({ byHand }) => byHand).map(({ path }) => code(path));
  if (edited.length === 0) return [];
  const which = edited.length === 1 ? `${edited[0]} was` : `${counted(edited.length, 'file')} were`;
  const names = edited.length === 1 ? '' : `: ${listed(edited)}`;
  const text = `${which} edited in the workspace since the last deployment, which this one overwrites${names}.`;
  return [{ rule: 'hand edit', weight: 'danger', text }];
}

function editWords(setting: SettingChange | undefined): string {
  if (setting === undefined) return '';
  const { path, was, is } = setting;
  if (was === undefined) return `${settingWords(path)} was taken out there`;
  return `${settingWords(path)} is ${code(was)} there${is === undefined ? '' : `, would be ${code(is)}`}`;
}

/** What a release deletes, or deletes and makes anew: what is said of each; a person confirms it by a typed word. */
export function doomedBy(release: Pick<Release, 'resources' | 'findings'> | undefined): string[] {
  const gone = release?.resources.some(({ action }) => action === 'delete' || action === 'recreate') === true;
  const said = (release?.findings ?? []).filter(({ rule, weight }) => weight === 'danger' && (rule === 'delete' || rule === 'recreate'));
  if (gone && said.length === 0) throw new Error('No rule speaks of what a release deletes.');
  return said.map(({ text }) => text);
}

const OWNER = /^permissions\[\w+=(.*)\]\.level$/;

/** Whoever deploys owns what they deploy, where there are permissions (facts: bundles#permissions-and-run_as). */
export const ownerMoved: Rule = ({ action, words, settings }): Finding[] => {
  if (action === 'create') return [];
  const owners = (side: 'was' | 'is') =>
    settings.flatMap((setting) => (setting[side] === 'IS_OWNER' ? [OWNER.exec(setting.path)?.[1] ?? ''] : []));
  const [[before], [after]] = [owners('was'), owners('is')];
  if (after === undefined || after === before) return [];
  const from = before === undefined ? '' : ` from ${code(before)}`;
  return [{ rule: 'owner', weight: 'warning', text: `The ownership of ${words} moves${from} to ${code(after)}.` }];
};

/** The CLI stops managing permissions without taking one back (facts: cli#plan-json). */
export const permissionsLeft: Rule = ({ type, settings }) => {
  const left = settings.some(({ path, is }) => path === 'permissions' && is === undefined);
  const text = `Permissions of the ${kindOf(type)} are no longer part of the bundle; those that were given stay.`;
  return left ? [{ rule: 'permissions left', weight: 'note', text }] : [];
};

function upper(words: string): string {
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
}
