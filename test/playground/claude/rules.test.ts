// The offline Claude at work: the real agent, the real tools and the stand-in workspace; what it says is what the bundle then holds.
import type Anthropic from '@anthropic-ai/sdk';
import { describe, expect } from 'vitest';
import { createAgent, type Outcome } from '../../../src/agent/agent.ts';
import { checkBundle } from '../../../src/bundle/check/check-bundle.ts';
import { describeTree } from '../../../src/bundle/yaml/describe-tree.ts';
import { type ClaudeStandIn, createClaudeStandIn } from '../../../src/playground/claude/stand-in.ts';
import { createLogger } from '../../../src/values/log.ts';
import { type Rig, toolsTest } from '../../mcp/rig.ts';

const test = toolsTest()
  .extend('claude', { scope: 'file' }, async ({}, { onCleanup }) => {
    const claude = await createClaudeStandIn();
    onCleanup(() => claude.close());
    return claude;
  })
  .extend('talk', ({ rig, claude }) => createTalk(rig, claude))
  .extend('churn', { scope: 'file' }, async ({ rig, claude }) => {
    const talk = createTalk(rig, claude);
    await talk.say('Make a bundle of job 123 ("Churn").');
    return talk;
  });

/** A thread: each message is one turn, the current bundle is named as the conversation does it. */
function createTalk(rig: Rig, claude: ClaudeStandIn) {
  const agent = createAgent({ client: { baseURL: claude.url, apiKey: async () => claude.apiKey }, log: createLogger({ level: 'silent' }) });
  const history: Anthropic.MessageParam[] = [];
  let version = 0;
  let digest: string | undefined;
  let frozen: Awaited<ReturnType<typeof agent.freeze>> | undefined;
  return {
    history,
    async say(text: string): Promise<Outcome> {
      const tools = await rig.connect();
      frozen ??= await agent.freeze(tools, 'claude-sonnet-5-5');
      const content: { type: 'text'; text: string }[] = [{ type: 'text', text }];
      if (digest !== undefined) content.push({ type: 'text', text: `Current bundle: ${digest} (version ${version})` });
      history.push({ role: 'user', content });
      const outcome = await agent.run({
        frozen,
        history,
        tools,
        append: async (message) => void history.push(JSON.parse(JSON.stringify(message))),
        onStep: () => undefined,
        signal: new AbortController().signal,
      });
      await tools.close();
      if (process.env.SHOW_THREAD) process.stdout.write(`\n> ${text}\n${outcome.text}\n`);
      if (outcome.bundleDigest !== undefined && outcome.bundleDigest !== digest) {
        digest = outcome.bundleDigest;
        version += 1;
      }
      return outcome;
    },
    async file(path: string | RegExp): Promise<string> {
      const stored = await rig.bundles.load(digest ?? '');
      const file = stored?.bundle.files.find((one) => (typeof path === 'string' ? one.path === path : path.test(one.path)));
      return new TextDecoder().decode(file?.bytes);
    },
    async tree() {
      const files = (await rig.bundles.load(digest ?? ''))?.bundle.files ?? [];
      expect(checkBundle(files).filter((found) => found.level === 'error')).toEqual([]);
      return describeTree(files);
    },
  };
}

const JOB = /^resources\/.*\.yml$/;

test('a bundle of a job: says what the tools answered', async ({ talk }) => {
  const outcome = await talk.say('Make a bundle of job 123 ("Churn").');
  expect(outcome.kind).toBe('done');
  expect(outcome.text).toContain('Here is the bundle of “Churn”, a job of 5 tasks.');
  expect(outcome.text).toContain('`databricks.yml`');
  expect((await talk.tree()).targets).toEqual(['dev', 'prod']);
  for (const variable of (await talk.tree()).variables) expect(outcome.text).toContain(`\`${variable.name}\``);
  expect(
    talk.history.filter((message) => message.role === 'assistant').every((message) => JSON.stringify(message).includes('"signature"')),
  ).toBe(true);
  expect(outcome.text).not.toMatch(/[0-9a-f]{64}/);
});

describe('edits of job 123', () => {
  test('a staging target', async ({ churn }) => {
    const before = await churn.file('databricks.yml');
    const outcome = await churn.say('<@U_DAB> add a staging target');
    expect(outcome.text).toContain('new target `staging`, modelled on `prod` (mode production)');
    expect((await churn.tree()).targets).toContain('staging');
    const yaml = await churn.file('databricks.yml');
    expect(yaml).toMatch(/staging:\n {4}mode: production/);
    expect(yaml.match(/default: true/g)).toHaveLength(1);
    // Nothing else of the file changed: without the new lines it is the old file.
    const added = yaml.slice(yaml.indexOf('\n  staging:'), yaml.search(/\n {2}(?:#.*\n {2})?prod:/));
    expect(yaml.replace(added, '')).toBe(before);
    await churn.say('Please add qa and uat targets.');
    expect((await churn.tree()).targets).toEqual(['dev', 'staging', 'qa', 'uat', 'prod']);
    expect((await churn.say('add a staging target please')).text).toContain('already has a target staging');
  });

  test('serverless', async ({ churn }) => {
    const outcome = await churn.say('run it on serverless');
    expect(outcome.text).toContain('serverless');
    const yaml = await churn.file(JOB);
    expect(yaml).not.toMatch(/job_cluster|new_cluster|existing_cluster_id/);
    expect(yaml).toContain('notebook_task');
    expect((await churn.say('run it on serverless')).text).toContain('nothing to move');
  });

  test('names, schedule and variables; two wishes in one message', async ({ churn }) => {
    await churn.say('rename the bundle to churn-v2 and rename the job to "Churn weekly"');
    expect((await churn.tree()).name).toBe('churn-v2');
    expect(await churn.file(JOB)).toMatch(/name: "?Churn weekly/);
    await churn.say('run it every day at 6:30');
    expect(await churn.file(JOB)).toContain('0 30 6 * * ?');
    await churn.say('change the schedule to `0 0 4 ? * MON`');
    expect(await churn.file(JOB)).toContain('0 0 4 ? * MON');
    await churn.say('pause the schedule');
    expect(await churn.file(JOB)).toMatch(/pause_status: "?PAUSED/);
    const [variable] = (await churn.tree()).variables;
    const outcome = await churn.say(`set ${variable?.name} to main_test in staging`);
    expect(outcome.text).toContain('main_test');
    expect(await churn.file('databricks.yml')).toMatch(new RegExp(`staging:[\\s\\S]*${variable?.name}: main_test`));
    expect((await churn.say('set nonsense to 1 in staging')).text).toContain('no variable nonsense');
    const done = await churn.say('add a target called hotfix and pause the schedule');
    expect(done.text).toMatch(/new target `hotfix`[\s\S]*The rest did not work[\s\S]*already is as you ask/);
    expect((await churn.tree()).targets).toContain('hotfix');
  });

  test('what a task does, read off its source', async ({ churn }) => {
    const outcome = await churn.say('what does task train_model do?');
    expect(outcome.text).toMatch(/Task `train_model` is a `notebook_task`/);
    expect(outcome.text).toContain('```');
    expect(outcome.bundleDigest).toBeUndefined();
    expect((await churn.say('what does task nothing do?')).text).toContain('There is no task nothing');
  });
});

test('a Python file task gets an environment on serverless', async ({ talk }) => {
  await talk.say('Make a bundle of job 204 ("Orders nightly export").');
  expect(await talk.file(JOB)).toMatch(/cluster/);
  await talk.say('please move this job to serverless');
  const yaml = await talk.file(JOB);
  expect(yaml).toContain('environment_key: default');
  expect(yaml).toMatch(/environment_version: "2"/);
  expect(yaml).not.toContain('cluster');
  await talk.tree();
});

test.for(['add a test target', 'create a target named test'])('%s: a target, no tests', async (text, { talk }) => {
  await talk.say('make a bundle of job 204');
  await talk.say(text);
  expect(await talk.file('databricks.yml')).toMatch(/^ {2}test:$/m);
  expect(await talk.file('tests/test_bundle.py')).toBe('');
});

describe('honesty', () => {
  test.for<[string, RegExp]>([
    ['list jobs', /Churn/],
    ['which jobs are named revenue?', /^One job:\n.*Daily revenue/],
    ['list jobs named zzz', /no job/],
    ['write me a poem', /did nothing[\s\S]*offline Claude/],
    ['hello', /offline Claude/],
    ['please start everything', /nothing that I can call deploys/],
    ['deploy it to prod', /no bundle in this thread/],
    ['who am I?', /Acting as ana@acme\.example/],
    ['list my warehouses', /• warehouse_id 4fe75792cd0d304c: Finance/],
    ['run this sql: select country from main.s.t limit 2', /It only reads[\s\S]*Austria/],
    ['run this sql: select * from no_such_table', /did not work[\s\S]*TABLE_OR_VIEW_NOT_FOUND/],
    ['add a staging target', /no bundle in this thread/],
    ['make a bundle of the folder /Shared/test', /did not work/],
    ['make a bundle of job 424242', /did not work[\s\S]*What to do next/],
  ])('%s', async ([text, words], { talk }) => {
    const outcome = await talk.say(text);
    expect(outcome).toMatchObject({ kind: 'done', text: expect.stringMatching(words) });
    expect(outcome.bundleDigest).toBeUndefined();
  });
});

test('reads several files side by side, and no request was refused in all this', ({ claude }) => {
  expect(claude.requests.filter(({ status }) => status !== 200)).toEqual([]);
  const bodies = claude.requests.map(({ body }) => JSON.parse(body));
  const replies = bodies.flatMap((body) => body.messages.filter((message: Anthropic.MessageParam) => message.role === 'assistant'));
  expect(replies.some((reply) => reply.content.filter((block: { type: string }) => block.type === 'tool_use').length > 1)).toBe(true);
});
