// The steps of a turn as a message: a plan block, or plain lines where Slack does not take that block.
import type { Step } from '../../conversation/rows.ts';
import type { Ending } from '../../conversation/thread-port.ts';
import { section } from './blocks.ts';
import { LIMITS } from './limits.ts';
import { clip, escapeText } from './slack-text.ts';

const TITLES = { running: 'Working on it', done: 'Done', failed: 'That did not work', stopped: 'Stopped' } as const;
const MARKS = { in_progress: ':hourglass_flowing_sand:', complete: ':white_check_mark:', error: ':x:' } as const;

export function titleOf(ending: Ending | undefined): string {
  return TITLES[ending ?? 'running'];
}

/** At the end no step stays open: Slack shows an open one as an error (facts: slack#streams). */
export function closed(step: Step, ending: Ending | undefined): Step {
  return ending === undefined || step.status !== 'in_progress' ? step : { ...step, status: ending === 'done' ? 'complete' : 'error' };
}

export function renderSteps(steps: readonly Step[], ending?: Ending) {
  const shown = steps.slice(-LIMITS.blocks).map((step) => closed(step, ending));
  return {
    text: clip(
      [titleOf(ending), ...shown.map((step) => `${escapeText(step.title)}${step.status === 'error' ? ' (failed)' : ''}`)].join(' · '),
      LIMITS.sectionText,
    ),
    blocks: [
      {
        type: 'plan' as const,
        title: titleOf(ending),
        tasks: shown.map((step) => ({
          type: 'task_card' as const,
          task_id: step.id,
          title: clip(step.title, LIMITS.taskTitle),
          status: step.status,
          ...(step.details ? { details: richText(step.details) } : {}),
        })),
      },
    ],
  };
}

/** The same for a Slack (or an emulator) without plan blocks. */
export function renderPlainSteps(steps: readonly Step[], ending?: Ending) {
  const lines = steps
    .map((step) => closed(step, ending))
    .map((step) => `${MARKS[step.status]} ${escapeText(step.title)}${step.details ? ` — ${escapeText(step.details)}` : ''}`);
  const text = clip([`*${titleOf(ending)}*`, ...lines].join('\n'), LIMITS.sectionText);
  return { text, blocks: [section(text)] };
}

function richText(text: string) {
  return {
    type: 'rich_text' as const,
    elements: [{ type: 'rich_text_section' as const, elements: [{ type: 'text' as const, text: clip(text, 500) }] }],
  };
}
