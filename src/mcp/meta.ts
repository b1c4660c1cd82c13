// What our client and server tell each other in `_meta`, which other hosts ignore.
import { z } from 'zod';

/** In a progress notification: the whole Step. */
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

/** In a call: which bundle was edited into which, for a server that forgets it after each request. */
export const EDITS_META = 'dab/edits';
export const Edits = z.record(z.string(), z.string());

/** In a result: the writes that the call proposed, exact to the byte, for a client that keeps its own proposals. */
export const PROPOSALS_META = 'dab/proposals';
const ProposalMessage = z.object({ id: z.string(), arguments: z.string(), digest: z.string() });
export type ProposalMessage = z.infer<typeof ProposalMessage>;
export const WithProposals = z.object({ _meta: z.object({ [PROPOSALS_META]: z.array(ProposalMessage) }) });

/** A header over HTTP: which connection the ids of the messages belong to, since several turns share a token. */
export const CONNECTION_HEADER = 'dab-connection';
