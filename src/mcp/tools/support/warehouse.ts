// The SQL warehouse to use: the one that somebody names, or else the best of those there are.
import type { Warehouse } from '../../../databricks/api/compute.ts';
import { UserError } from '../../../values/errors.ts';
import type { ToolContext } from './define-tool.ts';
import { findId } from './find-by-name.ts';

/** `why` says how it was chosen, unless somebody named it. */
export interface ChosenWarehouse {
  readonly id: string;
  readonly name: string;
  readonly why?: string;
}

/** By id, address or exact name; else the only one, the first that runs, or the first. Rejects with UserError where there is none. */
export async function chooseWarehouse(
  given: string | undefined,
  { workspace, caller, signal }: Pick<ToolContext, 'workspace' | 'caller' | 'signal'>,
  doing: string,
): Promise<ChosenWarehouse> {
  const all = await workspace.listWarehouses(signal);
  if (given !== undefined) {
    const id = await findId(given, caller.host, {
      doing,
      noun: 'SQL warehouse',
      lister: 'list_warehouses',
      id: /^[0-9a-f]{16}$/,
      inAddress: /\/warehouses\/([0-9a-f]{16})(?![0-9a-f])/,
      named: async (name) => all.filter((one) => one.name.toLowerCase().includes(name.toLowerCase())),
    });
    // It may be usable although it is not listed; then its name is not known.
    return { id, name: all.find((one) => one.id === id)?.name ?? id };
  }
  const [only] = all;
  if (only === undefined)
    throw new UserError({ doing, problem: 'There is no SQL warehouse that this person may use.', next: 'Ask an administrator for one.' });
  if (all.length === 1) return { ...named(only), why: 'the only one' };
  const running = all.find(({ state }) => state === 'RUNNING');
  return running === undefined
    ? { ...named(only), why: `the first of ${all.length}, none of which runs; it takes a while to start` }
    : { ...named(running), why: `the first of ${all.length} that runs` };
}

function named({ id, name }: Warehouse): { id: string; name: string } {
  return { id, name };
}
