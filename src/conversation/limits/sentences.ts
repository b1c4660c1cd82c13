// What is said of limits: why a message is not taken, and what is nearly used up.
import type { Scoped, Usage } from '../../storage/usage/usage.ts';
import { UserError } from '../../values/errors.ts';
import { counted } from '../../values/text.ts';

/** One limit, and what is used of it. */
export interface Used {
  readonly kind: keyof Usage;
  readonly scope: keyof Scoped;
  readonly used: number;
  /** Infinity where there is none. */
  readonly limit: number;
}

const USAGE = '`/dab usage` shows what is used.';

type Sentences = Readonly<Record<keyof Scoped, string>>;

/** Why there is no more; `free`: seconds until there is, where time makes it so. */
export function refusalOf({ kind, scope, used, limit }: Used, free: number | undefined): UserError {
  const problems: Readonly<Record<keyof Usage, Sentences>> = {
    waiting: {
      person: `${used} messages of yours still wait for me or are being worked on, as many as one person may have.`,
      channel: `${used} messages of this channel still wait for me or are being worked on, as many as a channel may have.`,
      team: `${used} messages of all of you still wait for me or are being worked on, as many as I take.`,
    },
    hourly: {
      person: `you have asked me ${counted(used, 'time')} within an hour, as often as one person may.`,
      channel: `this channel has asked me ${counted(used, 'time')} within an hour, as often as a channel may.`,
      team: `all of you have asked me ${counted(used, 'time')} within an hour, as often as you may.`,
    },
    dollars: {
      person: `Claude’s work for you within 24 hours costs ${money(used)} at list price, and one person may use ${money(limit)}.`,
      channel: `Claude’s work in this channel within 24 hours costs ${money(used)} at list price, and a channel may use ${money(limit)}.`,
      team: `Claude’s work for all of you within 24 hours costs ${money(used)} at list price, and you may use ${money(limit)}.`,
    },
    bundles: {
      person: `I keep ${counted(used, 'bundle')} that you have asked for, as many as one person may have.`,
      channel: `I keep ${counted(used, 'bundle')} of this channel, as many as a channel may have.`,
      team: `I keep ${counted(used, 'bundle')} of all of you, as many as I may.`,
    },
  };
  const when = free === undefined ? 'later' : `in about ${roughly(free)}`;
  const next: Readonly<Record<keyof Usage, string>> = {
    waiting: 'Write again when I have answered some of them, or press Stop on one.',
    hourly: `Write again ${when}, or ask whoever runs DAB Bot for more. ${USAGE}`,
    dollars: `Write again ${when}, or ask whoever runs DAB Bot for more. ${USAGE}`,
    bundles: 'Go on in a thread that there is, or ask whoever runs DAB Bot for more.',
  };
  return new UserError({
    doing: kind === 'dollars' ? 'Asking Claude' : 'Taking your message',
    problem: problems[kind][scope],
    next: next[kind],
  });
}

/** Of what most is used, with what there is. */
export function nearWords({ kind, scope, used, limit }: Used): string {
  const words: Readonly<Record<keyof Usage, Sentences>> = {
    waiting: {
      person: `That makes ${counted(used, 'message')} of yours that wait for me or are being worked on; I take up to ${limit}.`,
      channel: `That makes ${counted(used, 'message')} of this channel that wait for me or are being worked on; I take up to ${limit}.`,
      team: `That makes ${counted(used, 'message')} of all of you that wait for me or are being worked on; I take up to ${limit}.`,
    },
    hourly: {
      person: `That makes ${counted(used, 'message')} from you within an hour; I take up to ${limit}.`,
      channel: `That makes ${counted(used, 'message')} in this channel within an hour; I take up to ${limit}.`,
      team: `That makes ${counted(used, 'message')} of all of you within an hour; I take up to ${limit}.`,
    },
    dollars: {
      person: `Claude’s work for you within 24 hours costs ${money(used)} at list price; from ${money(limit)} on I ask it no more.`,
      channel: `Claude’s work in this channel within 24 hours costs ${money(used)} at list price; from ${money(limit)} on I ask it no more here.`,
      team: `Claude’s work for all of you within 24 hours costs ${money(used)} at list price; from ${money(limit)} on I ask it no more.`,
    },
    bundles: {
      person: `That makes ${counted(used, 'bundle')} that you have asked for and I keep; I keep up to ${limit}.`,
      channel: `That makes ${counted(used, 'bundle')} of this channel that I keep; I keep up to ${limit}.`,
      team: `That makes ${counted(used, 'bundle')} of all of you that I keep; I keep up to ${limit}.`,
    },
  };
  return `${words[kind][scope]} ${USAGE}`;
}

function money(dollars: number): string {
  return `$${dollars.toFixed(2)}`;
}

/** Whole minutes or hours, rather too long than too short. */
function roughly(seconds: number): string {
  const minutes = Math.max(1, Math.ceil(seconds / 60));
  return minutes < 90 ? counted(minutes, 'minute') : counted(Math.ceil(minutes / 60), 'hour');
}
