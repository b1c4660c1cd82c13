// What a command is acknowledged with says what was understood; what is answered as soon gets no second message.
import { expect, test } from 'vitest';
import { acknowledge } from '../../src/slack/acknowledge.ts';

const HOST = 'https://acme.databricks.test';
const said = (text: unknown, kind = 'slash_commands') => acknowledge({ id: 'envelope-1', kind, payload: { text } }, HOST)?.text;

test.for([
  ['job 123', ':eyes: On it: a bundle of job 123.'],
  ['<https://acme.databricks.test/jobs/204?o=1> private', ':eyes: On it: a bundle of job 204.'],
  [
    'workspace /Workspace/Users/ana@acme.example/a &amp; &lt;b&gt;`',
    ":eyes: On it: a bundle of the folder `/Users/ana@acme.example/a &amp; 'b''`.",
  ],
  ['jobs churn', ':eyes: Looking for jobs.'],
  ['job churn', undefined],
  ['help', undefined],
  ['', undefined],
  ['connect', undefined],
] as const)('%s', ([text, words]) => {
  expect(said(text)).toBe(words);
});

test('nothing but a command is acknowledged with words', () => {
  expect(said('job 123', 'events_api')).toBeUndefined();
  expect(said(undefined)).toBeUndefined();
  expect(acknowledge({ id: 'envelope-1', kind: 'slash_commands', payload: { text: 'job 123' } }, HOST)).toMatchObject({
    response_type: 'ephemeral',
    blocks: [{ type: 'section' }],
  });
});
