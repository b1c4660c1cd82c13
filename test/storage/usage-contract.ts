// The contract of what is used: counted for a person, a channel and the team, and only as long as it counts.
import { expect } from 'vitest';
import { createBundleStore } from '../../src/storage/bundles/bundles.ts';
import { createConversationRows } from '../../src/storage/conversations.ts';
import { createTurnRows } from '../../src/storage/turns.ts';
import { createCostRows } from '../../src/storage/usage/costs.ts';
import { createUsageRows } from '../../src/storage/usage/usage.ts';
import { bundleOf } from './bundles-contract.ts';
import type { storageTest } from './contract.ts';

const ANA = { team: 'T_USE', channel: 'C_USE', user: 'U_ANA' };
const KINDS = ['waiting', 'hourly', 'dollars', 'bundles'] as const;
const MINUTE = 60;
const HOUR = 60 * MINUTE;

export function describeUsage(it: ReturnType<typeof storageTest>): void {
  it('counts what a person, a channel and a team use, for as long as it counts', async ({ db }) => {
    const [usage, turns, conversations, costs] = [createUsageRows(db), createTurnRows(db), createConversationRows(db), createCostRows(db)];
    const nothing = { person: 0, channel: 0, team: 0 };
    expect(await usage.of(ANA, KINDS)).toEqual({ waiting: nothing, hourly: nothing, dollars: nothing, bundles: nothing });
    expect(await costs.ofTurn('use-1')).toEqual({ steps: 0, dollars: 0 });

    const thread = async (id: string, team: string, channel: string) => {
      const subject = { jobId: '1', name: 'n' };
      await conversations.insert({ id, team, channel, threadTs: id, private: false, requester: 'U_ANA', subject });
    };
    await thread('use-here', 'T_USE', 'C_USE');
    await thread('use-there', 'T_USE', 'C_THERE');
    await thread('use-others', 'T_OTHERS', 'C_OTHERS');
    const ago = async (table: 'turns' | 'costs', column: string, id: string, seconds: number) => {
      const at = table === 'turns' ? 'created_at' : 'at';
      await db.query(`update ${table} set ${at} = clock_timestamp() - make_interval(secs => $2) where ${column} = $1`, [id, seconds]);
    };
    const turn = async (id: string, conversationId: string, slackUser: string, seconds: number) => {
      await turns.insert({ id, conversationId, slackUser, text: 't', eventKey: id });
      await ago('turns', 'id', id, seconds);
    };
    await turn('use-1', 'use-here', 'U_ANA', 10 * MINUTE);
    await turn('use-2', 'use-here', 'U_BEN', 50 * MINUTE);
    await turn('use-3', 'use-there', 'U_ANA', 2 * HOUR);
    await turn('use-4', 'use-others', 'U_ANA', MINUTE);
    await turns.finish('use-1', 'done');
    await turns.start('use-2');

    const cost = async (turnId: string, channel: string, slackUser: string, dollars: number, seconds: number) => {
      const tokens = { inputTokens: 1, outputTokens: 2, cacheWriteTokens: 3, cacheReadTokens: 4 };
      await costs.add({ turnId, team: 'T_USE', channel, slackUser, model: 'm', dollars, ...tokens });
      await ago('costs', 'turn_id', turnId, seconds);
    };
    await cost('use-1', 'C_USE', 'U_ANA', 0.25, 6 * HOUR);
    await cost('use-2', 'C_USE', 'U_BEN', 0.5, 12 * HOUR);
    await cost('use-3', 'C_THERE', 'U_ANA', 1, 18 * HOUR);
    await cost('use-4', 'C_USE', 'U_ANA', 8, 25 * HOUR);

    const digest = await createBundleStore(db).save(bundleOf({ 'databricks.yml': 'bundle: {name: used}\n' }));
    await conversations.addVersion('use-here', { turnId: 'use-2' }, digest);
    await conversations.addVersion('use-here', { askedId: 'press' }, digest);
    await conversations.addVersion('use-there', { turnId: 'use-3' }, digest);

    expect(await usage.of(ANA, KINDS)).toEqual({
      waiting: { person: 1, channel: 1, team: 2 },
      hourly: { person: 1, channel: 2, team: 2 },
      dollars: { person: 1.25, channel: 0.75, team: 1.75 },
      // A press counts for whoever began the thread.
      bundles: { person: 2, channel: 2, team: 3 },
    });
    expect(await usage.of({ ...ANA, team: 'T_NOBODY' }, ['waiting', 'bundles'])).toEqual({ waiting: nothing, bundles: nothing });
    expect(await usage.freeIn('bundles', 'team', ANA, 1)).toBeUndefined();
    expect(await costs.ofTurn('use-4')).toEqual({ steps: 1, dollars: 8 });

    const about = async (...of: Parameters<typeof usage.freeIn>) => {
      const seconds = await usage.freeIn(...of);
      // A busy machine takes its time with the rows above.
      return seconds === undefined ? undefined : Math.ceil(seconds / (10 * MINUTE)) * 10 * MINUTE;
    };
    expect(await about('waiting', 'team', ANA, 2)).toBeUndefined();
    expect(await about('hourly', 'person', ANA, 1)).toBe(50 * MINUTE);
    expect(await about('hourly', 'channel', ANA, 2)).toBe(10 * MINUTE);
    expect(await about('hourly', 'channel', ANA, 1)).toBe(50 * MINUTE);
    // So much must end that the rest is below the limit.
    expect(await about('dollars', 'team', ANA, 1)).toBe(6 * HOUR);
    expect(await about('dollars', 'team', ANA, 0.7)).toBe(12 * HOUR);
    expect(await about('dollars', 'team', ANA, 2)).toBeUndefined();
  });
}
