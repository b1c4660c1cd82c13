// No stand-in ends a connection for being idle: on a busy machine that takes a request along (src/playground/http/keep-connections.ts).
import { expect, onTestFinished, test } from 'vitest';
import { createClaudeStandIn } from '../../../src/playground/claude/stand-in.ts';
import { createDatabricksStandIn } from '../../../src/playground/databricks/stand-in.ts';
import { createSlackStandIn } from '../../../src/playground/slack/stand-in.ts';

test.each([
  ['Slack', createSlackStandIn],
  ['Databricks', createDatabricksStandIn],
  ['Claude', createClaudeStandIn],
])('the stand-in of %s', async (_, create) => {
  const standIn = await create();
  onTestFinished(() => standIn.close());
  const answer = await fetch(standIn.url);
  await answer.text();
  // Where a server ends idle connections, Node says here after how long.
  expect([answer.headers.get('connection'), answer.headers.get('keep-alive')]).toEqual(['keep-alive', null]);
});
