// What destroying a deployment would delete, read from the CLI's plan: everything its state holds.
import type { OpenCli } from '../cli/open-bundle.ts';
import { entriesOf, remoteOf } from '../cli/plan-json.ts';

/**
 * One line per resource that the deployment holds, sorted: `job churn (123, "Churn")`. What the plan would create is left out,
 * since it is not there yet; so are permissions, which go with their resource. The CLI deletes the deployment's folder of files too (facts: cli#bind-unbind-and-destroy).
 */
export async function deployedResources(open: Pick<OpenCli, 'plan'>, target: string): Promise<string[]> {
  const { plan } = await open.plan(target);
  return entriesOf(plan)
    .filter(({ node, action, body }) => /^resources\.\w+\.[^.]+$/.test(node) && action !== 'create' && body.gone !== true)
    .map(({ node, body }) => {
      const [, type = '', key = ''] = node.split('.');
      const { id, name } = remoteOf(body);
      const parts = [...(id === undefined ? [] : [id]), ...(name === undefined ? [] : [JSON.stringify(name.slice(0, 200))])];
      return `${type.replace(/ies$/, 'y').replace(/s$/, '').replaceAll('_', ' ')} ${key}${parts.length === 0 ? '' : ` (${parts.join(', ')})`}`;
    })
    .sort();
}
