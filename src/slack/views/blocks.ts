// The blocks that our messages are made of.
import { LIMITS } from './limits.ts';
import { clip } from './slack-text.ts';

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

export function linkButton(text: string, actionId: string, url: string, style?: 'primary' | 'danger') {
  return {
    type: 'button' as const,
    text: { type: 'plain_text' as const, text: clip(text, LIMITS.buttonText) },
    action_id: actionId,
    url,
    ...(style === undefined ? {} : { style }),
  };
}
