// What README's transcript quotes the bot with, for the flow test that plays that very conversation.
import { read } from './documents.ts';

/** What ana types there, in order. */
export function typedInReadme(): string[] {
  return lines().flatMap((line) => /^ana {2,}(?! |presses)(.+)$/.exec(line)?.[1] ?? []);
}

/** The bot's own words there, piece by piece: two spaces, a bullet or an ellipsis set pieces apart; a button is in brackets. */
export function quotedInReadme(): string[] {
  const bot = lines().filter((line) => !line.startsWith('ana'));
  return bot
    .flatMap((line) => line.replace(/^DAB Bot/, '').split(/ {2,}|● |…/))
    .map((piece) => piece.trim().replace(/^\[(.+)\]$/, '$1'))
    .filter((piece) => piece !== '');
}

/** A message's markup as README writes it. */
export function asReadme(text: string): string {
  const emoji: Record<string, string> = { white_check_mark: '✅', rocket: '🚀' };
  return text
    .replace(/<@U_([A-Z]+)>/g, (_, name: string) => `@${name.toLowerCase()}`)
    .replace(/:(\w+):/g, (whole, name: string) => emoji[name] ?? whole)
    .replace(/[*`]/g, '');
}

function lines(): string[] {
  return (/^```\n(.*?)^```/ms.exec(read('README.md'))?.[1] ?? '').split('\n');
}
