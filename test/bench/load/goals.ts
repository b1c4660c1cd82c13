// What a busy team may expect of the bot on two processors that do nothing else, its rows on a Postgres server; and what misses it.
import { MOMENTS, type Seen } from './conversations.ts';
import type { Cost } from './cost.ts';

export interface Run {
  readonly name: string;
  readonly database: 'Postgres' | 'PGlite';
  /** Conversations that were begun; `seen` may be some of them. */
  readonly count: number;
  readonly cli: boolean;
  readonly seen: readonly Seen[];
  readonly cost: Cost;
  /** Calls that Slack put off, by method. */
  readonly putOff: Readonly<Record<string, number>>;
}

interface Goal {
  readonly what: string;
  readonly most: number;
  readonly unit: string;
  readonly of: (run: Run) => number;
  /** Of every run on Postgres when left out. */
  readonly when?: (run: Run) => boolean;
}

const at =
  (count: number, cli = true) =>
  (run: Run) =>
    run.seen.length === count && run.count === count && run.cli === cli;
const moment = (name: (typeof MOMENTS)[number], share: number) => (run: Run) => quantile(timesOf(run, name), share);
const isLost = ({ zip, card, answer }: Seen) => zip === undefined || card === undefined || answer === undefined;
const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);

const GOALS: readonly Goal[] = [
  { what: 'lost', most: 0, unit: '', of: ({ seen }) => seen.filter(isLost).length },
  { what: 'calls that Slack put off', most: 0, unit: '', of: ({ putOff }) => sum(Object.values(putOff)) },
  { what: 'zip', most: 3, unit: ' s', of: moment('zip', 1), when: at(1) },
  { what: 'card', most: 4, unit: ' s', of: moment('card', 1), when: at(1) },
  { what: 'last card', most: 8, unit: ' s', of: moment('card', 1), when: at(10) },
  { what: 'last card', most: 45, unit: ' s', of: moment('card', 1), when: at(50) },
  { what: 'p99 of acks', most: 0.1, unit: ' s', of: moment('ack', 0.99), when: at(50) },
  { what: 'last acknowledgement', most: 1, unit: ' s', of: moment('seen', 1), when: at(200, false) },
  { what: 'p95 of cards', most: 120, unit: ' s', of: moment('card', 0.95), when: at(200, false) },
  { what: 'last zip', most: 180, unit: ' s', of: moment('zip', 1), when: at(200, false) },
  {
    what: 'first step of who asks beside 25 of another',
    most: 3,
    unit: ' s',
    of: moment('step', 1),
    when: ({ count, seen }) => seen.length < count,
  },
  { what: 'memory when idle', most: 200, unit: ' MB', of: ({ cost }) => cost.idle },
  {
    what: 'memory a conversation',
    most: 1,
    unit: ' MB',
    of: ({ cost, count }) => (cost.most - cost.idle) / count,
    when: ({ count }) => count >= 50,
  },
  { what: 'p99 of the event loop', most: 50, unit: ' ms', of: ({ cost }) => cost.loop },
];

/** The goals that a run is held to, each with how it did. What is measured on the embedded Postgres is told, and held to nothing. */
export function judge(run: Run): readonly { readonly words: string; readonly missed: boolean }[] {
  if (run.database !== 'Postgres') return [];
  return GOALS.filter(({ when = () => true }) => when(run)).map(({ what, most, unit, of }) => {
    const is = of(run);
    const missed = !(is <= most);
    return { words: `${what}: ${rounded(is)}${unit} (at most ${most}${unit}: ${missed ? 'MISSED' : 'ok'})`, missed };
  });
}

/** A run as lines: moments of people, costs, what went wrong. */
export function report(run: Run): string[] {
  const { seen, cost, count, putOff } = run;
  const moments = MOMENTS.map((name) => {
    const times = timesOf(run, name);
    const [half, most, last] = [0.5, 0.95, 1].map((share) => rounded(quantile(times, share)).padStart(8));
    return `  ${name.padEnd(8)} ${half} ${most} ${last}   ${times.filter(Number.isFinite).length} of ${times.length}`;
  });
  const troubles = [...new Set(seen.flatMap(({ trouble }) => trouble ?? []))];
  return [
    `  ${'seconds'.padEnd(8)} ${'p50'.padStart(8)} ${'p95'.padStart(8)} ${'max'.padStart(8)}`,
    ...moments,
    `  CPU a conversation: bot ${rounded(cost.bot / count)} s, CLI ${rounded(cost.cli / count)} s`,
    `  memory: ${cost.idle.toFixed(0)} MB before, ${cost.most.toFixed(0)} MB at most`,
    `  event loop, p99: ${cost.loop.toFixed(0)} ms (of the stand-ins: ${cost.ownLoop.toFixed(0)} ms); over 50 ms: ${cost.stalls} times`,
    `  put off by Slack: ${
      Object.entries(putOff)
        .map(([method, times]) => `${method} ${times}`)
        .join(', ') || 'nothing'
    }`,
    ...troubles.map((words) => `  said: ${words.split('\n').join(' ').slice(0, 200)}`),
    ...judge(run).map(({ words }) => `  ${words}`),
  ];
}

/** In seconds; what never came counts as never. */
function timesOf({ seen }: Run, name: (typeof MOMENTS)[number]): number[] {
  return seen.map((one) => one[name] ?? Number.POSITIVE_INFINITY);
}

function quantile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

function rounded(number: number): string {
  if (!Number.isFinite(number)) return 'never';
  return number >= 100 || Number.isInteger(number) ? number.toFixed(0) : number.toFixed(number >= 10 ? 1 : 2);
}
