// get_cluster: an existing cluster as the new_cluster of a job, ready for YAML.
import { z } from 'zod';
import { jobCluster } from '../../bundle/generate/job-cluster.ts';
import { renderYaml } from '../../bundle/yaml/render.ts';
import { defineTool } from './support/define-tool.ts';
import { findId } from './support/find-by-name.ts';
import { namesQuoted, page, quote } from './support/foreign-text.ts';
import { named, offset } from './support/inputs.ts';
import { maskText } from './support/mask-text.ts';

/** Most server-side fields that the answer names. */
const MOST = 40;

export const getCluster = defineTool({
  name: 'get_cluster',
  title: 'Read a cluster as a job cluster',
  description:
    'Reads an existing cluster and answers it as YAML for new_cluster: what only the server writes is left out, and the answer says what. Use it when a job should get a cluster of its own instead of existing_cluster_id, or for questions about a cluster. A part of a name answers the names that contain it. Put the YAML in with edit_bundle_file.',
  kind: 'read',
  input: z.strictObject({ cluster: named, offset }),
  output: z.object({ cluster_id: z.string(), name: z.string(), state: z.string().optional(), dropped: z.array(z.string()) }),
  async run({ cluster: given, offset }, { workspace, bundles, caller, steps, signal }) {
    const title = 'Reading a cluster';
    steps.start('cluster', title);
    const id = await findId(given, caller.host, {
      doing: title,
      noun: 'cluster',
      id: /^\d{4}-\d{6}-[a-z0-9]{1,20}$/i,
      inAddress: /\/clusters\/(\d{4}-\d{6}-[a-z0-9]{1,20})(?![a-z0-9])/i,
      named: (name) => workspace.listClusters({ name }, signal),
    });
    const { name, state, creator, body } = await workspace.getCluster(id, signal);
    const { cluster, dropped, serverOnly } = jobCluster(body);
    steps.done('cluster', title, name);
    const facts = [
      quote(name),
      ...(state === undefined ? [] : [`state ${quote(state)}`]),
      ...(creator ? [`made by ${quote(creator)}`] : []),
    ];
    const text = [
      `Cluster ${id}: ${facts.join(', ')}.`,
      page(`cluster ${id} as a job's new_cluster, in YAML`, await maskText(renderYaml({ new_cluster: cluster }), { bundles }), offset),
      ...dropped.map(({ field, why }) => `Left out ${field}: ${why}.`),
      ...(serverOnly.length === 0 ? [] : [`Left out, because only the server writes it: ${namesQuoted(serverOnly, MOST, 60)}.`]),
      ...('policy_id' in cluster
        ? ['Its policy may be one for people’s clusters only: validate_bundle does not see that, so say it.']
        : []),
      'Next: read the job’s YAML with read_bundle_file, and put it under tasks or job_clusters with edit_bundle_file.',
    ].join('\n');
    const names = [...dropped.map(({ field }) => field), ...serverOnly];
    return { text, structured: { cluster_id: id, name, ...(state === undefined ? {} : { state }), dropped: names } };
  },
});
