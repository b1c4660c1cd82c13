// docs/refusals.md says what people saw of each kind of message under each of Slack's refusals.
import { expect } from 'vitest';
import type { ThreadMessage } from '../../src/conversation/thread-port.ts';
import type { Fault } from '../../src/playground/slack/methods/faults.ts';
import { createChannelLine } from '../../src/slack/bolt/channel-line.ts';
import { isLeft } from '../../src/slack/bolt/passing.ts';
import { createOpenThread } from '../../src/slack/listen/open-thread.ts';
import { whisperFailure } from '../../src/slack/listen/whisper.ts';
import { textOf } from '../flows/thread.ts';
import { WHOLE } from '../sample.ts';
import { RATES_TABLE } from '../slack/clients.ts';
import { AFTER, CHANNEL, MESSAGES, methodOf, test } from '../slack/thread/delivery-rig.ts';
import { quiet } from '../storage/open-test-storage.ts';
import { expectMade, read } from './documents.ts';
import { SITUATIONS, type Situation } from './refusal-situations.ts';

const LONG_MS = 180_000;
const MINUTE_MS = 60_000;
/** So often Slack is called in vain before that is over, however slow this machine is. */
const IN_VAIN = 5;
/** Whatever is called on the way to a message. */
const METHODS = [
  ...['auth.test', 'chat.postMessage', 'chat.update', 'chat.postEphemeral', 'chat.getPermalink', 'conversations.open'],
  ...['conversations.replies', 'conversations.history', 'files.getUploadURLExternal', 'files.completeUploadExternal'],
];

/** One kind of message. */
interface Kind {
  readonly name: string;
  /** What says it. */
  readonly methods: readonly string[];
  /** It has no second place. */
  readonly here?: true;
  /** What must be there before it. */
  readonly prepare?: () => Promise<unknown>;
  /** Says it, and answers how to see what stands there, which may be later than it takes. */
  readonly begin: (id: string) => Promise<{ readonly said: Promise<unknown>; readonly seen: () => string }>;
}

/** How long people waited. */
function waited(ms: number): string {
  if (ms === 0) return 'at once';
  if (ms < 15_000) return 'after seconds';
  return ms < 120_000 ? 'after half a minute' : 'when that is over';
}

/** A line for each situation, a column for the kinds that fare alike. */
function table(kinds: readonly Kind[], cells: readonly (readonly string[])[]): string {
  const columns = [...Map.groupBy(kinds.keys(), (kind) => cells.map((line) => line[kind]).join('|')).values()];
  const head = ['Slack says', ...columns.map((own) => own.map((kind) => kinds[kind]?.name).join(', '))];
  const lines = SITUATIONS.map(({ codes, how }, index) => [
    [codes.map((code) => (code.includes(' ') ? code : `\`${code}\``)).join(', '), ...(how === '' ? [] : [how])].join(': '),
    ...columns.map(([kind = 0]) => cells[index]?.[kind] ?? ''),
  ]);
  return [head, head.map(() => '---'), ...lines].map((line) => `| ${line.join(' | ')} |`).join('\n');
}

test('docs/refusals.md says what people saw', async ({ rig }) => {
  const { slack, web, clock, db, store, newThread, drawAll, conversation, threadTs, inThread, openly, direct } = rig;
  let [number, version] = [0, 0];

  /** What the conversation stores, and says in its order. */
  function stored(name: string, kind: ThreadMessage['kind']): Kind {
    let meant: string | undefined;
    return {
      name,
      methods: [methodOf(kind)],
      async begin(id) {
        const thread = newThread();
        const [there, alone, open] = [inThread().length, direct().length, openly().length];
        const given = MESSAGES[kind];
        // A version of its own: a file whose answer was lost is known by its name.
        const message = 'version' in given ? { ...given, version: ++version } : given;
        await store(id, message);
        const since = clock.now();
        let took = 0;
        const said = thread.deliver(id, conversation, message).then(() => {
          took = clock.now() - since;
        });
        const seen = () => {
          expect(openly()).toHaveLength(open);
          const [inPlace, inDirect] = [inThread().slice(there), direct().slice(alone)];
          const [one, ...more] = [...inPlace, ...inDirect];
          expect(more).toEqual([]);
          if (one === undefined) return 'nothing';
          const text = textOf(one).replace(/\bversion \d+|\d+ settings/gi, 'version');
          meant ??= text;
          const isFile = (one.files?.length ?? 0) > 0;
          const form = isFile || text.includes(meant) ? 'as meant' : text.includes('takes in no form') ? 'named by its id' : 'in words';
          return `${form}${inDirect.length > 0 ? ' in direct messages' : ''}, ${waited(took)}`;
        };
        return { said, seen };
      },
    };
  }

  const STORED = [
    stored('answer', 'reply'),
    stored('result of a deployment', 'result'),
    stored('result of a write', 'write_result'),
    stored('card of a version', 'card'),
    stored('card of a write', 'write'),
    stored('zip', 'archive'),
    stored('file with all changes', 'release'),
  ];

  const steps: Kind = {
    name: 'steps of a turn',
    here: true,
    methods: ['chat.postMessage'],
    async begin(turnId) {
      const there = inThread().length;
      const shown = async () => undefined;
      const thread = newThread();
      const progress = thread.progress({ turnId, conversation, to: 'U_ANA', resumeTs: undefined, shown, stopped: () => undefined });
      progress.step({ id: 'read', title: 'Reading', status: 'in_progress' });
      const said = clock.sleep(2000).then(() => {
        progress.end('done');
        return drawAll(thread);
      });
      const seen = () => {
        const [one, ...more] = inThread().slice(there);
        expect(more).toEqual([]);
        return one === undefined ? 'nothing' : one.blocks?.some(({ type }) => type === 'plan') === true ? 'as meant' : 'in words';
      };
      return { said, seen };
    },
  };

  const drawn: Kind = {
    name: 'root message or card that is drawn anew',
    here: true,
    methods: ['chat.update'],
    prepare: () => web.chat.update({ channel: CHANNEL, ts: threadTs, text: 'as it was' }),
    async begin() {
      const root = () => slack.messages(CHANNEL).find(({ ts }) => ts === threadTs) ?? expect.fail('no root');
      const said = drawAll(newThread());
      const seen = () => (root().text === 'as it was' ? 'left as it was' : root().text.includes('can’t show') ? 'in words' : 'as meant');
      return { said, seen };
    },
  };

  const whisper: Kind = {
    name: 'words for one person in a thread',
    here: true,
    methods: ['chat.postEphemeral'],
    async begin() {
      const ana = slack.as('ana');
      const there = ana.ephemerals(CHANNEL).length;
      const said = newThread().whisper(conversation, 'U_ANA', 'Wait.');
      return { said, seen: () => (ana.ephemerals(CHANNEL).length > there ? 'as meant' : 'nothing') };
    },
  };

  const root: Kind = {
    name: 'root message of a new thread',
    here: true,
    methods: ['chat.postMessage'],
    async begin(id) {
      const told: string[] = [];
      const tell = async ({ text }: { text: string }) => told.push(text);
      const there = openly().length;
      const openThread = createOpenThread({
        ...{ client: web, line: createChannelLine(), log: quiet, thread: newThread() },
        conversation: {
          openAlone: async (_opening, open) => open([]).then(() => true),
          admit: async () => undefined,
          before: async () => undefined,
          begin: async () => undefined,
        },
      });
      const asked = { kind: 'command', id, team: 'T_ACME', user: 'U_ANA', channel: CHANNEL, text: 'job 1' } as const;
      let again = '';
      const open = (): Promise<unknown> =>
        openThread(asked, { jobId: '1', name: 'Churn' }, false, tell).catch(async (error: unknown) => {
          await whisperFailure(tell, error, id, quiet).catch(() => undefined);
          if (!isLeft(error)) return;
          // As the inbox does it with what is left.
          again = ', later';
          await clock.sleep(60_000);
          await open();
        });
      const said = open();
      const seen = () => {
        expect(openly().length + told.length - there).toBe(1);
        // Words for who asked have Slack's code or an id in them.
        if (told.length > 0) return `to who asked: “${told.join().replaceAll(/\(`?[\w ]+`?\)/g, '(…)')}”`;
        return `${(openly().at(-1)?.blocks?.length ?? 0) > 0 ? 'as meant' : 'in words'}${again}`;
      };
      return { said, seen };
    },
  };

  /** Until it is over, or Slack has long been called in vain. */
  async function forLong(said: Promise<unknown>): Promise<void> {
    const [since, calls] = [clock.now(), slack.calls.length];
    let over = false;
    const end = () => {
      over = true;
    };
    said.then(end, end);
    while (!over && (clock.now() - since < LONG_MS || slack.calls.length - calls < IN_VAIN)) {
      await clock.turn(MINUTE_MS);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async function see(kind: Kind, { fault, lasts, place }: Situation, code: string): Promise<string> {
    const methods = lasts ? METHODS : kind.methods;
    const [id, after] = [`r${++number}`, `r${number}-after`];
    // What was said before uses up no rate: that is not what is looked at.
    await db.query(`delete from ${RATES_TABLE}`);
    await kind.prepare?.();
    const struck: Fault = { ...fault(code), ...(place && kind.here ? { times: Number.POSITIVE_INFINITY } : {}) };
    const offs = methods.map((method) => slack.faults.on(method, struck));
    const off = () => {
      for (const one of offs) one();
    };
    const { said, seen } = await kind.begin(id);
    if (lasts) await forLong(said);
    if (lasts) off();
    await clock.turnUntil(said);
    off();
    const cell = seen();
    await store(after, AFTER);
    await clock.turnUntil(newThread().deliver(after, conversation, AFTER));
    expect(inThread().at(-1)?.text).toContain(AFTER.text);
    return cell;
  }

  const kinds = [...STORED, steps, drawn, whisper, root];
  for (const kind of kinds) expect(await see(kind, { codes: [], how: '', fault: () => ({ times: 0 }) }, '')).toContain('as meant');
  const cells: string[][] = [];
  /** What fares otherwise than the first one of its line. */
  const different: string[] = [];
  for (const situation of SITUATIONS) {
    const [first = '', ...others] = situation.codes;
    const line: string[] = [];
    for (const kind of kinds) line.push(await see(kind, situation, first));
    cells.push(line);
    for (const code of WHOLE ? others : [])
      for (const [index, kind] of kinds.entries()) {
        const cell = await see(kind, situation, code);
        if (cell !== line[index]) different.push(`${kind.name}, ${code}: ${cell}; ${first}: ${line[index]}`);
      }
  }
  const later = cells.map((line) => line.slice(STORED.length));
  expectMade('docs/refusals.md', `${table(STORED, cells)}\n\n${table(kinds.slice(STORED.length), later)}`);
  expect(different).toEqual([]);
});

test('has each code of the facts', () => {
  const [, section = ''] = /^## Refusals\n(.*?)^## /ms.exec(read('docs/facts/slack.md')) ?? [];
  const codes = [...section.matchAll(/`([a-z]+(?:_[a-z]+)*)`/g)].map(([, code = '']) => code);
  const known = new Set([...SITUATIONS.flatMap((one) => one.codes), 'needed', 'markdown']);
  expect(codes.filter((code) => !known.has(code))).toEqual([]);
  expect(codes.length).toBeGreaterThan(25);
});
