// Words for a person whose request failed; of a bug they learn an id to quote, never its text.
import { UserError } from '../../values/errors.ts';
import type { Logger } from '../../values/log.ts';
import { escapeText } from '../views/slack-text.ts';

export function wordsFor(error: unknown, id: string, log: Logger): string {
  if (error instanceof UserError) return escapeText(error.message);
  log.error({ err: error, request: id }, 'request failed');
  return `Something went wrong on my side, and I have logged it (${id}). Nothing was changed. Please try again.`;
}
