// A thread with many cards after a restart, when nobody knows any more what each of them shows: how long somebody waits there for an answer.
import { WebClient } from '@slack/web-api';
import pg from 'pg';
import type { Playground } from '../../../src/playground/start.ts';
import type { PostgresOptions } from '../../../src/storage/db/postgres.ts';
import { type Ask, converse } from './conversations.ts';

export const CARDS = 60;
const ANSWER_WITHIN_MS = 180_000;
const QUESTION = 'what does this job do?';

/** Makes the thread, has the bot start anew by `settle`, asks something there; answers the seconds to the answer. */
export async function answerInLongThread(
  playground: Playground,
  ask: Ask,
  deps: { server: PostgresOptions; settle: () => Promise<void> },
): Promise<number> {
  const { slack } = playground;
  const [begun] = await converse(playground, [ask]);
  if (begun?.thread === undefined || begun.card === undefined) throw new Error('There is no thread with a card.');
  const { channel, ts } = begun.thread;
  slack.change({ rates: false });
  const web = new WebClient(slack.botToken, { slackApiUrl: slack.url });
  const pool = new pg.Pool({ ...deps.server, password: undefined, options: '-c search_path=dab' });
  try {
    for (let card = 2; card <= CARDS; card++) {
      const posted = await web.chat.postMessage({ channel, thread_ts: ts, text: `card ${card}` });
      await pool.query(
        `insert into outbox (id, conversation_id, turn_id, kind, payload, state, ts)
        select id || '/copy/' || $1, conversation_id, turn_id, kind, payload, 'sent', $2 from outbox
        where kind = 'card' and id not like '%/copy/%' and conversation_id = (select id from conversations where thread_ts = $3)`,
        [card, posted.ts, ts],
      );
    }
  } finally {
    await pool.end();
    slack.change({ rates: 1 });
  }
  await deps.settle();
  const person = slack.as(ask.person);
  const asked = person.say(channel, QUESTION, { thread: ts });
  const began = performance.now();
  await person.waitFor(
    (me) => me.messages(channel, ts).some((said) => said.isBot && Number(said.ts) > Number(asked.ts) && said.text.startsWith('<@')),
    ANSWER_WITHIN_MS,
  );
  return (performance.now() - began) / 1000;
}
