// What people type is understood, or answered with what to type instead; nothing they type can break the parser.
import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../../src/slack/listen/parse-command.ts';
import { fc } from '../../fast-check.ts';

const HOST = 'https://acme.databricks.example';
const parse = (text: string) => parseCommand(text, HOST);

describe('parseCommand', () => {
  it.each([
    ['job 123', '123', false],
    ['  job   123  ', '123', false],
    ['JOB 123 private', '123', true],
    ['123', '123', false],
    ['9223372036854775807', '9223372036854775807', false],
    [`job ${HOST}/jobs/702918340275160001?o=16`, '702918340275160001', false],
    [`<${HOST}/jobs/5/runs/7|link> private`, '5', true],
    [`job ${HOST}/?o=1#job/42`, '42', false],
  ])('%s is a job', (text, jobId, isPrivate) => {
    expect(parse(text)).toEqual({ kind: 'job', jobId, private: isPrivate });
  });

  it.each([
    ['workspace /Workspace/Users/ana@acme.example/etl', '/Users/ana@acme.example/etl', false],
    ['workspace /Users/ana@acme.example/etl/ private', '/Users/ana@acme.example/etl', true],
    ['folder `/Workspace/Shared/my jobs`', '/Shared/my jobs', false],
    ['/Workspace/Shared/etl', '/Shared/etl', false],
  ])('%s is a folder', (text, path, isPrivate) => {
    expect(parse(text)).toEqual({ kind: 'workspace', path, private: isPrivate });
  });

  it.each([
    ['job', 'Which job?'],
    ['workspace', 'Which folder?'],
    ['workspace etl', 'Which folder?'],
    ['workspace /Shared/../Users/bob', 'Which folder?'],
    ['workspace /Users/ana@acme.example', 'holds too much'],
    ['workspace /', 'Which folder?'],
    ['job churn', 'not a job id'],
    ['job 0', 'not a job id'],
    ['job 9223372036854775808', 'not a job id'],
    ['job -5', 'not a job id'],
    ['job 5 loudly', 'I don’t know “loudly”'.replace('’', "'")],
    ['job https://other.databricks.example/jobs/5', 'acme.databricks.example only'],
    [`job ${HOST}/pipelines/5`, 'no job in that link'],
    ['frobnicate', 'frobnicate'],
  ])('%s gets a hint', (text, words) => {
    const command = parse(text);
    expect(command.kind).toBe('unclear');
    expect('hint' in command && command.hint).toContain(words);
  });

  it('reads the other words', () => {
    expect(parse('')).toEqual({ kind: 'help' });
    expect(parse('help')).toEqual({ kind: 'help' });
    expect(parse('jobs churn model')).toEqual({ kind: 'jobs', name: 'churn model' });
    expect(parse('jobs')).toEqual({ kind: 'jobs', name: '' });
    expect(parse('Connect')).toEqual({ kind: 'connect' });
    expect(parse('usage')).toEqual({ kind: 'usage' });
    expect(parse('disconnect')).toEqual({ kind: 'disconnect' });
  });

  it('never throws, and its hints carry no markup of the person', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `job ${text}`),
        ),
        (text) => {
          const command = parse(text);
          if (command.kind === 'unclear') expect(command.hint.replace(/https:\/\/<workspace>/g, '')).not.toMatch(/<[!@#h]/);
          if (command.kind === 'job') expect(command.jobId).toMatch(/^[1-9]\d*$/);
        },
      ),
    );
  });
});
