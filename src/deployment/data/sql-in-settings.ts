// Tables that a job's settings name in SQL: parameters hold whole statements, which code hands on to be run.
import { isStatement, tablesInText } from '../../analysis/tables-in-text.ts';
import { apart } from '../../worker/apart.ts';
import { code } from '../policy/phrases.ts';
import { filled, type ValuesByName } from './values-given.ts';

/** Statements that are looked at, of all jobs together: each is parsed; our choice. */
const MOST_STATEMENTS = 50;

/** A parameter's value, as it is given in a target. */
interface GivenText {
  readonly job: string;
  /** Undefined of a job's own parameter. */
  readonly task: string | undefined;
  readonly parameter: string;
  readonly text: string;
  /** What that task gets. */
  readonly values: ValuesByName;
}

/** `production`: undefined where there is none to hold it against. Names of two parts may be another database's: they are left out. */
export async function sqlInSettings(here: readonly GivenText[], production: readonly GivenText[] | undefined) {
  const found: { readonly name: string; readonly original: string | undefined; readonly changes: boolean; readonly where: string }[] = [];
  for (const given of here.filter(({ text }) => isStatement(text)).slice(0, MOST_STATEMENTS)) {
    const { job, task, parameter } = given;
    const same = production?.find((one) => one.job === job && one.task === task && one.parameter === parameter);
    const [own, there] = [await tablesIn(given), same === undefined ? [] : await tablesIn(same)];
    const argument = /^argv(\d+)$/.exec(parameter)?.[1];
    const what = argument === undefined ? `parameter ${code(parameter)}` : `argument ${argument}`;
    const where = `${what} of ${task === undefined ? `job ${code(job)}` : `task ${code(task)}`}`;
    own.forEach(({ name, changes }, i) => {
      found.push({ name, original: own.length === there.length ? there[i]?.name : undefined, changes, where });
    });
  }
  return found;
}

async function tablesIn({ text, values }: GivenText) {
  const named = await tablesInText(text, apart.analyze);
  const known = named.map(({ changes, parts }) => ({ changes, parts: parts.map((part) => filled(part, (name) => values.get(name))) }));
  return known.flatMap(({ changes, parts }) =>
    parts.length === 3 && !parts.join('').includes('{') ? [{ changes, name: parts.join('.') }] : [],
  );
}
