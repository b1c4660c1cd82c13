// The next run of a schedule: each form of a Quartz expression, what can't be read for sure, and every schedule of a corpus (CORPUS_DIR).
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { nextRun } from '../../../src/deployment/plan/next-run.ts';
import { objectOf, parseJson } from '../../../src/values/json.ts';

/** A Friday. */
const FROM = Date.parse('2026-11-27T22:10:30Z');
const next = (expression: string, zone = 'UTC', more = {}) =>
  nextRun({ schedule: { quartz_cron_expression: expression, timezone_id: zone, ...more } }, FROM)?.at;

test.for([
  ['every day', '0 30 1 * * ?', '2026-11-28T01:30:00.000Z'],
  ['later today', '0 0 23 * * ?', '2026-11-27T23:00:00.000Z'],
  ['steps without a range', '0 15/20 * * * ?', '2026-11-27T22:15:00.000Z'],
  ['steps of hours', '0 2 */5 * * ?', '2026-11-28T00:02:00.000Z'],
  ['seconds', '44 37 8 * * ?', '2026-11-28T08:37:44.000Z'],
  ['a weekday by its name', '0 0 8 ? * MON', '2026-11-30T08:00:00.000Z'],
  ['a weekday by its number, where 1 is Sunday', '0 0 8 ? * 1', '2026-11-29T08:00:00.000Z'],
  ['from Monday to Friday', '0 0 8 ? * 2-6', '2026-11-30T08:00:00.000Z'],
  ['the first Monday', '0 0 8 ? * 2#1', '2026-12-07T08:00:00.000Z'],
  ['the last Friday', '0 0 8 ? * 6L', '2026-12-25T08:00:00.000Z'],
  ['the last day of a month', '0 0 8 L * ?', '2026-11-30T08:00:00.000Z'],
  ['its last working day', '0 0 8 LW 1 ?', '2027-01-29T08:00:00.000Z'],
  ['the working day nearest to the 15th', '0 0 8 15W 5 ?', '2027-05-14T08:00:00.000Z'],
  ['some months', '0 0 6 1 1,4,7,10 ?', '2027-01-01T06:00:00.000Z'],
  ['a year', '0 0 12 1 1 ? 2028', '2028-01-01T12:00:00.000Z'],
  ['any year', '0 0 12 * * ? *', '2026-11-28T12:00:00.000Z'],
] as const)('%s', ([, expression, at]) => {
  expect(next(expression)).toBe(at);
});

test('is in the job’s own zone, in summer and in winter', () => {
  expect(next('0 30 1 * * ?', 'America/Los_Angeles')).toBe('2026-11-28T09:30:00.000Z');
  expect(next('0 30 1 1 7 ?', 'America/Los_Angeles')).toBe('2027-07-01T08:30:00.000Z');
  expect(next('0 0 0 * * ?', 'Asia/Kolkata')).toBe('2026-11-28T18:30:00.000Z');
});

test.for([
  ['without seconds', '0 6 * * *', 'UTC'],
  ['with both fields for days', '0 0 8 1 * MON', 'UTC'],
  ['with neither', '0 0 8 ? * ?', 'UTC'],
  ['that is over', '0 0 12 * * ? 2020', 'UTC'],
  ['that never comes', '0 0 0 31 2 ?', 'UTC'],
  ['of another kind', '@daily', 'UTC'],
  ['with an offset from the end', '0 0 8 L-3 * ?', 'UTC'],
  ['in a zone that is none', '0 0 8 * * ?', 'Nowhere/Place'],
  ['that is empty', '', 'UTC'],
])('there is none of an expression %s', ([, expression = '', zone]) => {
  expect(next(expression, zone)).toBeUndefined();
});

test('there is none of a job that is paused, has no schedule, or none of these fields', () => {
  expect(next('0 0 8 * * ?', 'UTC', { pause_status: 'PAUSED' })).toBeUndefined();
  expect(next('0 0 8 * * ?', 'UTC', { pause_status: 'UNPAUSED' })).toBeDefined();
  expect([{}, { schedule: null }, { schedule: {} }].map((settings) => nextRun(settings, FROM))).toEqual([undefined, undefined, undefined]);
});

const corpus = process.env.CORPUS_DIR;

describe.skipIf(corpus === undefined)('of a corpus', () => {
  it('every schedule is read as a search minute by minute reads it', () => {
    let read = 0;
    for (const name of readdirSync(join(corpus ?? '', 'jobs')).filter((one) => one.endsWith('.json'))) {
      const text = readFileSync(join(corpus ?? '', 'jobs', name), 'utf8');
      const job = objectOf(parseJson(text));
      const { quartz_cron_expression: written, timezone_id: zone } = objectOf(objectOf(job.settings).schedule);
      if (typeof written !== 'string' || typeof zone !== 'string') continue;
      const expected = written.split(' ').length < 6 ? undefined : searched(written, zone);
      expect([name, next(written, zone)]).toEqual([name, expected]);
      read += 1;
    }
    expect(read).toBeGreaterThan(0);
  });
});

/** The same by trying every minute of 40 days, in which no zone of a corpus changes its clocks; numbers, lists, ranges, steps and weekdays. */
function searched(expression: string, zone: string): string {
  const [seconds = '', ...fields] = expression.split(' ');
  const [minutes, hours, days, months, weekdays] = [
    [0, 59],
    [0, 23],
    [1, 31],
    [1, 12],
    [1, 7],
  ].map(([low = 0, high = 0], i) => valuesOf(fields[i] ?? '', low, high));
  const offset = offsetOf(zone);
  for (let at = Math.floor(FROM / 60_000) * 60_000; at < FROM + 40 * 86_400_000; at += 60_000) {
    const local = new Date(at + offset);
    const inTime = minutes?.has(local.getUTCMinutes()) && hours?.has(local.getUTCHours()) && at + Number(seconds) * 1000 > FROM;
    const onDay = days?.has(local.getUTCDate()) && months?.has(local.getUTCMonth() + 1) && weekdays?.has(local.getUTCDay() + 1);
    if (inTime && onDay) return new Date(at + Number(seconds) * 1000).toISOString();
  }
  throw new Error(`${expression} has no run in 40 days.`);
}

const NAMES = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

function valuesOf(field: string, low: number, high: number): Set<number> {
  const values = new Set<number>();
  for (const part of field.split(',')) {
    const [range = '', step] = part.split('/');
    const [from, to] = range.split('-').map((text) => (NAMES.includes(text) ? NAMES.indexOf(text) + 1 : Number(text)));
    const open = range === '*' || range === '?';
    const [first, last] = [open ? low : (from ?? low), open || (step !== undefined && to === undefined) ? high : (to ?? from ?? high)];
    for (let value = first; value <= last; value += Number(step ?? 1)) values.add(value);
  }
  return values;
}

function offsetOf(zone: string): number {
  const name = new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeZoneName: 'longOffset' })
    .formatToParts(FROM)
    .find(({ type }) => type === 'timeZoneName')?.value;
  const [, sign = '+', hours = '0', minutes = '0'] = /GMT(?:([+-])(\d+):(\d+))?/.exec(name ?? '') ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}
