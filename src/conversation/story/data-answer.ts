// Where a person wants their development copies to write: what of it an open plan asks, and the answer, which is checked and kept for their next ones.
import { type DataPlace, patternOf } from '../../bundle/data/names.ts';
import { dataOfCopy, metElsewhere, moveData } from '../../bundle/edit/move-data.ts';
import type { Bundle } from '../../bundle/model/bundle.ts';
import { shortName } from '../../bundle/proof/resolve-offline.ts';
import { environmentOf } from '../../bundle/yaml/describe-tree.ts';
import type { DeploymentProposal } from '../../deployment/approval/deployment-proposal.ts';
import type { Storage } from '../../storage/storage.ts';

/** As it is typed; what is not asked is absent, and an empty catalog is production's. */
export interface DataAnswer {
  readonly schema?: string | undefined;
  readonly catalog?: string | undefined;
}

interface Person {
  readonly host: string;
  readonly userName: string;
}

/** Names that code can hold without quotes, with a hyphen for catalogs that have one. */
const NAME = /^(?:[\p{L}\p{N}_-]|\{short_name\}){1,100}$/u;
const AGAIN = 'Nothing was changed: press the button again for another answer.';

export function createDataAnswers({ rows }: { rows: Pick<Storage, 'bundlesIn' | 'devData'> }) {
  const bundleOf = async ({ conversationId, bundleDigest }: DeploymentProposal) =>
    (await rows.bundlesIn(conversationId).load(bundleDigest))?.bundle;

  return {
    /** Keeps the answer; in words what is wrong with it, or that there is no more to do. */
    async keep(proposal: DeploymentProposal, by: Person, answer: DataAnswer): Promise<string | undefined> {
      const { target } = proposal;
      const bundle = await bundleOf(proposal);
      const data = bundle && dataOfCopy(bundle, target);
      if (bundle === undefined || data === undefined) return 'I do not know this plan any more. Use the newest card.';
      const short = shortName(by.userName);
      const [schema, catalog] = [answer.schema, answer.catalog].map((one) => patternOf(one?.trim() ?? '', short));
      const named = [...(data.schemas.length > 0 ? [schema] : []), ...(catalog === '' ? [] : [catalog])];
      if (!named.every((one = '') => NAME.test(one)))
        return `Schemas and catalogs are called by letters, digits, \`_\` and \`-\` here. ${AGAIN}`;
      const earlier = (await rows.devData.of(by))[data.catalog];
      // What this job has no place for keeps its answer.
      const place = {
        schema: data.schemas.length > 0 ? schema : earlier?.schema,
        catalog: data.hasCatalog ? ownCatalog(catalog, data.catalog) : earlier?.catalog,
      };
      const met = metElsewhere(bundle, target, { place, shortName: short });
      if (met !== undefined) return isTaken(bundle, met);
      await rows.devData.keep(by, data.catalog, place);
      const isNew = moveData(bundle, target, place).digest !== bundle.digest;
      return isNew ? undefined : 'This copy writes there already. I have noted it for your next ones.';
    },

    /** What was kept for the data of this copy. */
    async answered(bundle: Bundle, target: string, by: Person): Promise<DataPlace | undefined> {
      const data = dataOfCopy(bundle, target);
      return data && (await rows.devData.of(by))[data.catalog];
    },
  };
}

/** Production's is none of a copy's own. */
function ownCatalog(named: string | undefined, production: string): string | undefined {
  return named === undefined || named === '' || named.toLowerCase() === production ? undefined : named;
}

function isTaken(bundle: Bundle, { target, name }: { readonly target: string; readonly name: string }): string {
  const whose = environmentOf(bundle, target) === 'production' ? 'production has its data' : `the copy in \`${target}\` has its data`;
  return `\`${name.replaceAll('`', "'")}\` is where ${whose}, and a copy changes nothing that exists. ${AGAIN}`;
}
