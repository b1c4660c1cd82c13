// upload_bundle: proposes to put a bundle's files into a workspace folder; the person's click does it.
import { z } from 'zod';
import { defineTool } from './support/define-tool.ts';
import { pathIn } from './support/find-by-name.ts';
import { bundleId, workspacePath } from './support/inputs.ts';

export const uploadBundle = defineTool({
  name: 'upload_bundle',
  title: 'Propose an upload of a bundle',
  description:
    'Proposes to put the files of a bundle into a workspace folder. It does not upload: the person’s click on the card does. Use it when somebody wants the bundle in the workspace, for a review or Git; to deploy, use run_bundle_command.',
  kind: 'propose',
  input: z.strictObject({
    bundle_id: bundleId,
    folder: workspacePath.describe('Where to, such as "/Workspace/Users/ana@acme.example/bundles/etl".'),
  }),
  output: z.object({ proposal_id: z.string(), expires_at: z.string() }),
  async run({ bundle_id, folder }, context) {
    const title = 'Proposing an upload';
    context.steps.start('upload', title);
    const proposed = await context.propose({
      kind: 'upload_bundle',
      bundle: bundle_id,
      folder: pathIn(folder, context.caller.host, title).replace(/\/+$/, ''),
    });
    context.steps.done('upload', title);
    return { text: proposed.text, structured: { proposal_id: proposed.id, expires_at: proposed.expiresAt.toISOString() } };
  },
});
