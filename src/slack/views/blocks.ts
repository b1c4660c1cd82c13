// The blocks that our messages are made of.
import type { KnownBlock } from '@slack/types';
import type { Finding } from '../../deployment/policy/release-diff.ts';
import { LIMITS } from './limits.ts';
import { clip } from './slack-text.ts';

/** A message: its blocks, and the text of its notification. */
export interface Message {
  readonly text: string;
  readonly blocks: KnownBlock[];
}

/** What stands before a finding. */
export const MARKS: Record<Finding['weight'], string> = { danger: ':rotating_light:', warning: ':warning:', note: '•' };

export function section(text: string) {
  return { type: 'section' as const, text: { type: 'mrkdwn' as const, text: clip(text, LIMITS.sectionText), verbatim: true } };
}

export function context(text: string) {
  return { type: 'context' as const, elements: [{ type: 'mrkdwn' as const, text: clip(text, LIMITS.sectionText), verbatim: true }] };
}

export function button(text: string, actionId: string, value: string, style?: 'primary' | 'danger') {
  return {
    type: 'button' as const,
    text: { type: 'plain_text' as const, text: clip(text, LIMITS.buttonText) },
    action_id: actionId,
    value,
    ...(style === undefined ? {} : { style }),
  };
}

export function linkButton(text: string, actionId: string, url: string, style: 'primary') {
  const { value: _, ...plain } = button(text, actionId, '', style);
  return { ...plain, url };
}

/** A button that asks again: `text` may hold our own markup, `yes` is what going on is called. */
export function confirmed(plain: ReturnType<typeof button>, title: string, text: string, yes: string) {
  return {
    ...plain,
    confirm: {
      title: { type: 'plain_text' as const, text: clip(title, 100) },
      text: { type: 'mrkdwn' as const, text: clip(text, 300) },
      confirm: { type: 'plain_text' as const, text: yes },
      deny: { type: 'plain_text' as const, text: 'Cancel' },
    },
  };
}
