// What a command is acknowledged with: words for whoever typed it, at once, before anybody is asked anything.
import type { InboxRow } from '../conversation/rows.ts';
import { type Command, parseCommand } from './listen/parse-command.ts';
import { renderWords } from './views/answers.ts';
import { clip, codeSpan, escapeText, unescapeText } from './views/slack-text.ts';

/** Undefined where the answer itself comes as soon, and where an acknowledgement carries no words. */
export function acknowledge({ kind, payload: { text } }: InboxRow, host: string): Record<string, unknown> | undefined {
  if (kind !== 'slash_commands' || typeof text !== 'string') return undefined;
  const words = wordsFor(parseCommand(unescapeText(text), host));
  return words === undefined ? undefined : { response_type: 'ephemeral', ...renderWords(`:eyes: ${words}`) };
}

function wordsFor(command: Command): string | undefined {
  switch (command.kind) {
    case 'job':
      return `On it: a bundle of job ${command.jobId}.`;
    case 'workspace':
      return `On it: a bundle of the folder ${escapeText(codeSpan(clip(command.path, 200)))}.`;
    case 'jobs':
      return 'Looking for jobs.';
    default:
      return undefined;
  }
}
