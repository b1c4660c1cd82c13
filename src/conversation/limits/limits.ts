// What a person, a channel and the whole team may use of the bot: refused where it is used up, and said when most of it is.
import type { ConversationRow } from '../../storage/conversations.ts';
import type { Storage } from '../../storage/storage.ts';
import type { Scoped, Usage, Who } from '../../storage/usage/usage.ts';
import type { UserError } from '../../values/errors.ts';
import type { Logger } from '../../values/log.ts';
import type { Metrics } from '../../values/metrics.ts';
import { nearWords, refusalOf, type Used } from './sentences.ts';

/** Infinity where there is no limit. */
export type UsageLimits = Readonly<Record<keyof Usage, Scoped>>;

/** So much of a limit is used before it is said. Our choice. */
const NEAR = 0.8;

/** What a message counts against by itself, whoever answers it. */
const OF_MESSAGES = ['waiting', 'hourly'] as const;
const OF_CLAUDE = ['dollars'] as const;
/** What one counts against that a bundle comes of, whatever Claude says. */
const OF_COMMANDS = ['bundles'] as const;
const SCOPES = ['person', 'channel', 'team'] as const;

/** A message that is to be taken. */
interface Wish extends Who {
  /** Of the turn that it becomes. */
  readonly turnId: string;
  /** Claude has to answer it; else it is a command, which makes a bundle without. */
  readonly talks: boolean;
}

export interface Limits {
  /** Throws a UserError where too much is used. Answers in words what is nearly used up, where this message makes it so. */
  admit(wish: Wish): Promise<string | undefined>;
  /** Before Claude is asked: why not, where too much is spent. `told` tells the person when this turn has spent most of what there is. */
  spending(conversation: ConversationRow, user: string): Promise<{ refusal: UserError | undefined; told: () => Promise<void> }>;
  /** All limits, with what is used. */
  used(who: Who): Promise<Used[]>;
}

export function createLimits({
  rows,
  limits,
  tell,
  metrics,
  log,
}: {
  rows: Pick<Storage, 'turns' | 'usage'>;
  limits: UsageLimits;
  /** Says something to one person alone. */
  tell: (conversation: ConversationRow, user: string, words: string) => Promise<void>;
  metrics: Pick<Metrics, 'refusals'>;
  log: Logger;
}): Limits {
  async function usedOf(who: Who, kinds: readonly (keyof Usage)[]): Promise<Used[]> {
    const usage = await rows.usage.of(who, kinds);
    return kinds.flatMap((kind) => SCOPES.map((scope) => ({ kind, scope, used: usage[kind][scope], limit: limits[kind][scope] })));
  }

  async function refusalOfAny(who: Who, all: readonly Used[]): Promise<UserError | undefined> {
    const full = all.find(({ used, limit }) => used >= limit);
    if (full === undefined) return undefined;
    metrics.refusals.inc({ limit: full.kind, of: full.scope });
    return refusalOf(full, await rows.usage.freeIn(full.kind, full.scope, who, full.limit));
  }

  return {
    async admit({ turnId, talks, ...who }) {
      // Told again, it is one of those that count.
      if ((await rows.turns.get(turnId)) !== undefined) return undefined;
      const all = await usedOf(who, [...OF_MESSAGES, ...(talks ? OF_CLAUDE : OF_COMMANDS)]);
      const refusal = await refusalOfAny(who, all);
      if (refusal !== undefined) throw refusal;
      // Bundles come of replies and presses too, and stay: of them it is said with the first message of an hour.
      const isFirst = all.some(({ kind, scope, used }) => kind === 'hourly' && scope === 'person' && used === 0);
      const near = all.find(
        ({ kind, used, limit }) => kind !== 'dollars' && used + 1 >= NEAR * limit && (kind === 'bundles' ? isFirst : used < NEAR * limit),
      );
      return near && nearWords({ ...near, used: near.used + 1 });
    },

    async spending(conversation, user) {
      const who = { team: conversation.team, channel: conversation.channel, user };
      const before = await usedOf(who, OF_CLAUDE);
      return {
        refusal: await refusalOfAny(who, before),
        async told() {
          try {
            const now = await usedOf(who, OF_CLAUDE);
            const near = now.find(({ used, limit }, index) => used >= NEAR * limit && (before[index]?.used ?? 0) < NEAR * limit);
            if (near !== undefined) await tell(conversation, user, nearWords(near));
          } catch (error) {
            log.warn({ err: error, conversation: conversation.id }, 'not told what is nearly used up');
          }
        },
      };
    },

    used: (who) => usedOf(who, [...OF_MESSAGES, ...OF_CLAUDE, ...OF_COMMANDS]),
  };
}
