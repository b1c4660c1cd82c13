// What our client and server tell each other beside what MCP has fields for: entries of `_meta`, which other hosts pass over.
import { z } from 'zod';

/** Of a progress notification: a whole Step. */
export const STEP_META = 'dab/step';
export const StepMessage = z.object({
  _meta: z.object({
    [STEP_META]: z.object({
      id: z.string(),
      title: z.string(),
      status: z.enum(['in_progress', 'complete', 'error']),
      details: z.string().exactOptional(),
    }),
  }),
});

/** Of a call: which bundle an edit made of which, for a server that forgets after each request. */
export const EDITS_META = 'dab/edits';
export const Edits = z.record(z.string(), z.string());

/** Of a result: the writes that the call proposed, exact to the byte, for a host that keeps proposals of its own. */
export const PROPOSALS_META = 'dab/proposals';
const ProposalMessage = z.object({ id: z.string(), arguments: z.string(), digest: z.string() });
export type ProposalMessage = z.infer<typeof ProposalMessage>;
export const WithProposals = z.object({ _meta: z.object({ [PROPOSALS_META]: z.array(ProposalMessage) }) });

/** Of a request over HTTP: which connection of a caller's counts the ids of its messages, since several turns share a token. */
export const CONNECTION_HEADER = 'dab-connection';
