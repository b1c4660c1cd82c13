// Rules on what a job reaches: code outside the bundle, places in the network, secrets and identities of the cloud.
import { type Leaf, leavesOf } from '../../bundle/model/leaves.ts';
import { pathField } from '../../bundle/model/path-and-id-fields.ts';
import { pipPath } from '../../bundle/model/pip-line.ts';
import { withoutLogin } from '../../values/text.ts';
import { canonicalFolder, canonicalPath, isOutsideWorkspace, normalizePath } from '../../values/workspace-path.ts';
import { code, counted, listed } from './phrases.ts';
import type { Finding } from './release-diff.ts';
import type { Changed, Rule, Situation } from './situation.ts';

/** Code that lies elsewhere changes without a deployment, by whoever may write there. */
export const foreignCode: Rule = (one, situation): Finding[] => {
  const { copied, after, fresh, words } = one;
  const leaves = copied ? [...leavesOf(after).values()] : fresh;
  const found = [...new Set(leaves.flatMap((leaf) => pathsIn(one, leaf).filter((path) => isForeign(path, situation))))];
  if (found.length === 0) return [];
  const home = found.map((path) => /^\/(?:Users|Repos)\/([^/]+)\//.exec(canonicalPath(path))?.[1]);
  const others = home.some((user) => user !== undefined && user.toLowerCase() !== situation.deployer?.toLowerCase());
  // The original runs the same code; that somebody else may change it is still worth a look.
  const weight = copied ? (others ? 'warning' : 'note') : 'danger';
  const whose = others ? 'in somebody else’s home' : 'not part of this bundle';
  return [{ rule: 'foreign code', weight, text: `Code of ${words} is ${whose}: ${listed(found.map(code))}.` }];
};

/** What is taken over runs the bundle's copies of its files from then on: who edits the originals must know. */
export const movedCode: Rule = (one, { root }): Finding[] => {
  const { action, before, after, words } = one;
  if (action !== 'adopt' || root === undefined) return [];
  const there = new Set([...leavesOf(before).values()].flatMap((leaf) => pathsIn(one, leaf)));
  const moved = new Set(
    [...leavesOf(after).values()].flatMap((leaf) => pathsIn(one, leaf).filter((path) => isWithin(path, root) && !there.has(path))),
  );
  if (moved.size === 0) return [];
  const what = moved.size === 1 ? 'a copy of its file' : `copies of its ${counted(moved.size, 'file')}`;
  const text = `${words.slice(0, 1).toUpperCase()}${words.slice(1)} then runs ${what} in the folder of the deployment: edits at the old place no longer reach it.`;
  return [{ rule: 'moved code', weight: 'note', text }];
};

function pathsIn({ type }: Pick<Changed, 'type'>, leaf: Leaf): string[] {
  const field = type === 'jobs' || type === 'pipelines' ? pathField(type, leaf) : undefined;
  if (field === undefined || typeof leaf.value !== 'string') return [];
  const path = field.form === 'dependency' ? pipPath(leaf.value)?.path : leaf.value;
  return path?.startsWith('/') && !isOutsideWorkspace(path) ? [path.replace(/\/\*\*$/, '')] : [];
}

function isForeign(path: string, { root }: Situation): boolean {
  return root !== undefined && !isWithin(path, root);
}

function isWithin(path: string, root: string): boolean {
  return `${normalizePath(canonicalFolder(path))}/`.startsWith(`${canonicalFolder(root)}/`);
}

/** What each setting lets in from outside, in words; by the keys that lead to it, list items left out. */
const NETWORK: readonly (readonly [RegExp, RegExp, (words: string) => string, Finding['weight']])[] = [
  [/(^|\/)init_scripts\//, /./, (words) => `Clusters of ${words} run a new script when they start`, 'danger'],
  [/(^|\/)git_source\/git_url$/, /./, (words) => `The code of ${words} comes from another repository`, 'danger'],
  [/(^|\/)libraries\/(pypi|maven|cran)\/repo$/, /./, (words) => `Packages of ${words} come from another place`, 'danger'],
  [
    /(^|\/)libraries\/(whl|jar|egg|requirements)$|\/jar_uri$/,
    /^(\/Volumes\/|\/dbfs\/|[a-z][a-z0-9+.-]*:)/i,
    (words) => `Libraries of ${words} come from outside the workspace`,
    'danger',
  ],
  [
    /(^|\/)(dependencies|java_dependencies|base_environment)$/,
    /:\/\/|--?(extra-)?index-url|--find-links|^-[if]\b|^(\/Volumes\/|dbfs:)/i,
    (words) => `Packages of ${words} come from another place`,
    'danger',
  ],
  [
    /(^|\/)(spark_conf|spark_env_vars|configuration|environment_variables)\//,
    /[a-z][a-z0-9+.-]*:\/\//i,
    (words) => `The configuration of ${words} names a new address`,
    'danger',
  ],
  [
    /(^|\/)(instance_profile_arn|google_service_account)$/,
    /./,
    (words) => `Clusters of ${words} act as another identity of the cloud`,
    'danger',
  ],
  [/(^|\/)webhook_notifications\/on_\w+\/id$/, /./, (words) => `Runs of ${words} are told to another address`, 'warning'],
  [/(^|\/)existing_cluster_id$/, /./, (words) => `Runs on another cluster, one that exists: ${words}`, 'warning'],
  [/(^|\/)libraries\/(pypi\/package|maven\/coordinates|cran\/package)$/, /./, (words) => `New packages for ${words}`, 'note'],
];

export const network: Rule = ({ fresh, words }, { root }) =>
  NETWORK.flatMap(([where, what, say, weight]): Finding[] => {
    // The bundle's own files are none of the network.
    const isOutside = (value: string) => what.test(value) && (root === undefined || !isWithin(value, root));
    const found = fresh.filter(({ fields, value }) => typeof value === 'string' && isOutside(value) && where.test(fields.join('/')));
    if (found.length === 0) return [];
    const values = [...new Set(found.map(({ value }) => code(withoutLogin(String(value)))))];
    return [{ rule: 'network', weight, text: `${say(words)}: ${listed(values)}.` }];
  });

const SECRET = /\{\{\s*secrets\/([^{}\s]+)\s*\}\}/g;

export const secrets: Rule = ({ fresh, words }) => {
  const texts = fresh.flatMap(({ value }) => (typeof value === 'string' && value.includes('{{') ? [value] : []));
  const found = [...new Set(texts.flatMap((text) => [...text.matchAll(SECRET)].map((match) => code(match[1] ?? ''))))];
  if (found.length === 0) return [];
  return [
    {
      rule: 'secrets',
      weight: 'warning',
      text: `Reads ${found.length === 1 ? 'a secret' : 'secrets'} that it did not read before, ${words}: ${listed(found)}.`,
    },
  ];
};
