// Rules on who: as whom something runs, and who may do what with it.
import { objectOf } from '../../values/json.ts';
import { textOf } from '../../values/text.ts';
import { code, principalWords } from './phrases.ts';
import type { Finding } from './release-diff.ts';
import type { Changed, Rule, Situation } from './situation.ts';

/** Who a resource runs as now: what its settings say, else whom the API names. */
export function runsAsNow({ before }: Pick<Changed, 'before'>): string | undefined {
  return namedIn(before) ?? textOf(before.run_as_user_name);
}

/** Who it would run as; without a word about it a job runs as its owner. */
export function wouldRunAs(one: Changed, { deployer }: Situation): string | undefined {
  const named = namedIn(one.after);
  if (named !== undefined || one.action === 'delete' || one.action === 'forget') return named;
  return one.action === 'create' ? deployer : (ownerTo(one) ?? runsAsNow(one));
}

function namedIn({ run_as }: Changed['after']): string | undefined {
  const { user_name, service_principal_name, group_name } = objectOf(run_as);
  return textOf(user_name) ?? textOf(service_principal_name) ?? textOf(group_name);
}

/** The owner that a second deployer's plan puts in, where the job runs as its owner. */
function ownerTo({ settings, before }: Changed): string | undefined {
  const moved = settings.find(({ path, is }) => is === 'IS_OWNER' && path.startsWith('permissions['));
  return namedIn(before) === undefined ? /=(.*)\]/.exec(moved?.path ?? '')?.[1] : undefined;
}

const RUNS = new Set(['jobs', 'pipelines']);

export const identity: Rule = (one, situation): Finding[] => {
  const { action, type, key, words } = one;
  const is = wouldRunAs(one, situation);
  if (!RUNS.has(type) || is === undefined) return [];
  const finding = (text: string): Finding[] => [{ rule: 'identity', weight: 'danger', text }];
  if (action === 'create') {
    const original = situation.originals.find((candidate) => type === 'jobs' && candidate.key === key);
    // A development copy runs as the person whose copy it is: that is what it is for.
    if (situation.environment === 'development') {
      return same(is, situation.deployer) ? [] : finding(`This development copy, ${words}, would run as ${code(is)}.`);
    }
    const was = original?.runAs;
    return was === undefined || same(is, was)
      ? []
      : finding(`The new ${words} would run as ${code(is)}; the original runs as ${code(was)}.`);
  }
  const was = runsAsNow(one);
  return was === undefined || same(is, was) ? [] : finding(`${code(is)} would run ${words}; now it is ${code(was)}.`);
};

/** Of a first deployment: later ones continue what is there, wherever it lies. */
export function begunAtHome({ environment, first, root = '' }: Situation): Finding[] {
  const owner = /^(?:\/Workspace)?\/Users\/([^/]+)\//.exec(root)?.[1];
  if (environment === 'development' || !first || owner === undefined) return [];
  const text = `Production begins in the home of ${code(owner)}: others can deploy it only with rights on that folder, which a team folder gives to the whole team.`;
  return [{ rule: 'home', weight: 'note', text }];
}

function same(one: string, other: string | undefined): boolean {
  return one.toLowerCase() === other?.toLowerCase();
}

/** From little to much; a level that we do not know counts as the most. */
const LEVELS = ['CAN_VIEW', 'CAN_READ', 'CAN_MONITOR', 'CAN_USE', 'CAN_RUN', 'CAN_MANAGE_RUN', 'CAN_EDIT', 'CAN_MANAGE'];
const MAY: Readonly<Record<string, string>> = { CAN_MANAGE_RUN: 'run and stop', CAN_MANAGE: 'change and delete' };
/** Groups that everybody belongs to. */
const EVERYBODY = new Set(['users', 'account users']);

function rank(level: string | undefined): number {
  return level === undefined ? -1 : LEVELS.includes(level) ? LEVELS.indexOf(level) : LEVELS.length;
}

export const widerPermissions: Rule = ({ settings, words, copied }, { environment }) => {
  // The proof compares the grants of production with the original's.
  if (copied && environment === 'production') return [];
  return settings.flatMap(({ path, was, is }): Finding[] => {
    const [, kind = '', name = ''] = /^permissions\[(\w+)=(.*)\]\.level$/.exec(path) ?? [];
    if (is === undefined || is === 'IS_OWNER' || was === 'IS_OWNER' || name === '' || rank(is) <= rank(was)) return [];
    const weight = EVERYBODY.has(name) || rank(is) >= rank('CAN_MANAGE') ? 'danger' : 'warning';
    const may = MAY[is] ?? is.replace(/^CAN_/, '').toLowerCase().replaceAll('_', ' ');
    return [{ rule: 'permissions', weight, text: `Lets ${principalWords(kind, name)} ${may} ${words}.` }];
  });
};
