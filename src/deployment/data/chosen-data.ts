// Where a development copy writes by somebody's choice: what of it the card offers to choose, and whether it is the choice of somebody else.
import { isPersonal, lastPart, nameOf } from '../../bundle/data/names.ts';
import { dataOfCopy } from '../../bundle/edit/move-data.ts';
import type { Bundle } from '../../bundle/model/bundle.ts';
import { shortName } from '../../bundle/proof/resolve-offline.ts';
import type { DevDataRows } from '../../storage/bundles/dev-data.ts';
import { code } from '../policy/phrases.ts';
import type { Finding, Release } from '../policy/release-diff.ts';
import { BY_CATALOG } from './data-of-run.ts';

interface Copy {
  readonly bundle: Bundle;
  readonly target: string;
  readonly host: string;
  readonly userName: string;
}

/** As it is now, for whoever deploys it; undefined where a copy has no data of its own and, by what is found of its runs, can have none. */
export function dataToChoose({ bundle, target, userName }: Omit<Copy, 'host'>, findings: readonly Finding[]): Release['ownData'] {
  const data = dataOfCopy(bundle, target);
  if (data === undefined) return undefined;
  const { schema, catalog } = data.place;
  // What only names a catalog may as well only be read from.
  const isWritten = data.hasCatalog && findings.some(({ rule }) => rule === BY_CATALOG);
  if (schema === undefined && catalog === undefined && !isWritten) return undefined;
  const name = (value: string) => nameOf(value, shortName(userName));
  return {
    of: data.catalog,
    schemas: [...new Set(data.schemas.map(({ value }) => lastPart(value)))],
    ...(schema === undefined ? {} : { schema: name(schema) }),
    ...(data.hasCatalog ? { catalog: catalog === undefined ? '' : name(catalog) } : {}),
  };
}

/** A warning where it writes to what somebody else has chosen for their own copies; none where this person has chosen the same. */
export async function dataOfOthers(rows: Pick<DevDataRows, 'whoseIs'>, { bundle, target, host, userName }: Copy): Promise<Finding[]> {
  const data = dataOfCopy(bundle, target);
  const said = [data?.place.schema, data?.place.catalog].filter((one) => one !== undefined);
  if (data === undefined || said.length === 0 || said.some(isPersonal)) return [];
  const owners = await rows.whoseIs(host, data.catalog, data.place);
  const [owner] = owners;
  if (owner === undefined || owners.includes(userName.toLowerCase())) return [];
  const text = `A run of this copy writes to ${said.map(code).join(' in ')}, which ${owner} has chosen for copies of their own. Press Change where it writes to have yours elsewhere.`;
  return [{ rule: 'data of others', weight: 'warning', text }];
}
