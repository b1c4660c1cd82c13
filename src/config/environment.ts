// The only reader of process.env: checks it against what a program declares, or names every missing and bad variable at once.
import type { z } from 'zod';
import { ConfigError } from '../values/errors.ts';

/** Handed to the functions of load.ts, and by the playground and the tests to the programs that they start. */
export const environment: NodeJS.ProcessEnv = process.env;

/** The variables that are set: an empty one counts as unset. */
export function given(env: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, value] as const])),
  );
}

/** What must be said of variables together, such as one that needs another: the problems that there are. */
type Rule = (set: Readonly<Record<string, string>>) => readonly string[];

/** Reads the variables of `schema`. Throws ConfigError naming every problem; a value is never repeated, since it may be a secret. */
export function read<Schema extends z.ZodObject>(schema: Schema, env: NodeJS.ProcessEnv, rules: readonly Rule[] = []): z.output<Schema> {
  const set = given(env);
  const parsed = schema.safeParse(set);
  const problems = parsed.success
    ? []
    : parsed.error.issues.map(({ path, message }) => {
        const name = path.join('.');
        return name in set ? `${name} ${message}` : `${name} is missing`;
      });
  problems.push(...rules.flatMap((rule) => rule(set)));
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  return parsed.data;
}
