// Where the targets of a new bundle lie: one place for production of a job, and never the place of another.
import { expect, test } from 'vitest';
import type { Adoption } from '../../src/bundle/model/bundle.ts';
import { makeBundle } from '../../src/conversion/make-bundle.ts';
import { UserError } from '../../src/values/errors.ts';
import { job, notebookTask, textOf } from '../bundle/fixtures.ts';

const ANA = 'ana@acme.example';
const HOME = `/Workspace/Users/${ANA}`;
const definition = job({ name: 'Churn', tasks: [notebookTask('a', '/Users/ana@acme.example/a')] });
const subject = { definition, sources: [], diagnostics: [] };

interface Known {
  readonly taken?: Readonly<Record<string, string>>;
  readonly production?: { readonly rootPath: string; readonly adoption: Adoption };
  readonly teamFolder?: string;
  readonly mayTakeOver?: boolean;
}

/** The root paths of a bundle's targets as written, and what becomes of the original. */
async function placed({ taken = {}, production, teamFolder, mayTakeOver = true }: Known, names: readonly string[] = []) {
  const places = {
    ofProduction: async ({ target }: { target: string }) => (target === 'prod' ? production : undefined),
    at: async ({ rootPath }: { rootPath: string }) => (taken[rootPath] === undefined ? undefined : { subject: taken[rootPath] }),
  };
  const placing = { userName: ANA, teamFolder, places, mayTakeOver: async () => mayTakeOver };
  const targets = names.map((name) => ({ name, environment: 'production' as const }));
  const { bundle, findings } = await makeBundle(subject, { targets }, { host: 'https://acme.example', placing });
  expect(findings).toEqual([]);
  const yaml = textOf(bundle, 'databricks.yml');
  return { yaml, roots: yaml.match(/(?<=root_path: ).*/g) ?? [], adoption: bundle.adoption };
}

test('production lies in the home of the person who asks, written out, or in the team’s folder', async () => {
  expect((await placed({})).roots).toEqual([`${HOME}/.bundle/churn/prod`]);
  expect((await placed({ teamFolder: '/Workspace/Teams/data' })).roots).toEqual(['/Workspace/Teams/data/.bundle/churn/prod']);
});

test('under /Workspace/Shared the bundle says that everybody may change it', async () => {
  expect((await placed({ teamFolder: '/Workspace/Shared' })).yaml).toMatch(/permissions:\n\s+- level: CAN_MANAGE\n\s+group_name: users/);
  expect((await placed({})).yaml).not.toContain('permissions:');
});

test('production that is somewhere already is continued there, as it was begun', async () => {
  const production = { rootPath: '/Workspace/Users/ben@acme.example/.bundle/churn/prod', adoption: 'replace' as const };
  expect(await placed({ production, teamFolder: '/Workspace/Teams/data' })).toMatchObject({
    roots: [production.rootPath],
    adoption: { prod: 'replace' },
  });
});

test('a root that another job of the same name has is left to it, in development too', async () => {
  const taken = { [`${HOME}/.bundle/churn/prod`]: 'job 204', [`${HOME}/.bundle/churn/dev`]: 'job 204' };
  expect((await placed({ taken })).roots).toEqual([
    '/Workspace/Users/$' + '{workspace.current_user.userName}/.bundle/churn-77/dev',
    `${HOME}/.bundle/churn-77/prod`,
  ]);
  expect((await placed({ taken: { [`${HOME}/.bundle/churn/prod`]: 'job 77' } })).roots).toEqual([`${HOME}/.bundle/churn/prod`]);
});

test('prod takes the original over where the person may; no second target for production ever does', async () => {
  expect((await placed({}, ['staging'])).adoption).toEqual({ dev: 'copy', prod: 'bind', staging: 'beside' });
  expect((await placed({ mayTakeOver: false })).adoption).toEqual({ dev: 'copy', prod: 'beside' });
});

test('a way for a target that the bundle does not have is refused', async () => {
  await expect(makeBundle(subject, { originals: { qa: 'bind' } }, { host: '' })).rejects.toThrow(UserError);
});
