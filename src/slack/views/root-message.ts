// The root message of a conversation.
import type { ConversationRow } from '../../conversation/rows.ts';
import { button, section } from './blocks.ts';
import { clip, escapeText, oneLine } from './slack-text.ts';

export interface RootMessage {
  readonly id: string;
  readonly requester: string;
  readonly subject: ConversationRow['subject'];
}

/** "@ana asked for a bundle of job 123 · Churn", with [Stop] while a turn runs. */
export function renderRootMessage(root: RootMessage, running: boolean) {
  const { subject: about } = root;
  const subject =
    'jobId' in about
      ? `job ${about.jobId} · ${oneLine(escapeText(clip(about.name, 200)))}`
      : `the folder ${oneLine(escapeText(clip(about.folder, 300)))}`;
  const text = `<@${root.requester}> asked for a bundle of ${subject}`;
  return {
    text,
    blocks: [
      section(text),
      ...(running ? [{ type: 'actions' as const, block_id: 'anchor', elements: [button('Stop', 'stop', root.id, 'danger')] }] : []),
    ],
  };
}
