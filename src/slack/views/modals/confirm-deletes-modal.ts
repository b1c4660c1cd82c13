// Asks for a typed word before something is deleted: what goes, and a field for the name of the target.
import type { ModalView } from '@slack/types';
import { section } from '../blocks.ts';
import { clip, escapeText } from '../slack-text.ts';

/** What a modal lists; the rest is counted, and stands on the card and in its report. */
const SHOWN = 20;

export const CONFIRM_DELETES = 'confirm_deletes';
/** Where the word stands in what is submitted. */
export const WORD = { block: 'word', action: 'typed' } as const;

interface Deleting {
  readonly target: string;
  /** What is deleted or made anew, a line each. */
  readonly doomed: readonly string[];
  /** Handed back with the word: 3,000 characters at most. */
  readonly metadata: string;
}

export function renderConfirmDeletes({ target, doomed, metadata }: Deleting): ModalView {
  const shown = doomed.slice(0, SHOWN).map((line) => `:rotating_light: ${escapeText(clip(line, 120))}`);
  const more = doomed.length > shown.length ? [`… and ${doomed.length - shown.length} more`] : [];
  return {
    type: 'modal',
    callback_id: CONFIRM_DELETES,
    private_metadata: metadata,
    title: { type: 'plain_text', text: 'This deletes something' },
    submit: { type: 'plain_text', text: 'Delete and deploy' },
    close: { type: 'plain_text', text: 'Cancel' },
    blocks: [
      section([...shown, ...more].join('\n')),
      section('What is deleted does not come back with an older version: data, run history and grants are gone.'),
      {
        type: 'input',
        block_id: WORD.block,
        label: { type: 'plain_text', text: clip(`Type ${target} to go on`, 2000) },
        element: { type: 'plain_text_input', action_id: WORD.action, max_length: 100 },
      },
    ],
  };
}
