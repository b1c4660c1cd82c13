// Who reads a channel: full members of our own team alone, or guests and people of other teams too.
import type { WebClient } from '@slack/web-api';
import type { ConversationRow } from '../../conversation/rows.ts';
import type { Clock } from '../../values/clock.ts';
import type { Logger } from '../../values/log.ts';
import { slackError } from '../bolt/passing.ts';
import type { Outsiders } from '../views/reply.ts';

/** The files of a version come within seconds, and people come and go more slowly. Our choice. */
const CHANNEL_MS = 60_000;
/** For how long a full member counts as one. Our choice. */
const MEMBERS_MS = 600_000;
/** The most that Slack answers at once (facts: slack#who-reads-a-channel). */
const PAGE = 1000;

/** Who else reads what is said in a channel than full members of its conversation's team; undefined where nobody does. */
export type WhoReads = (conversation: Pick<ConversationRow, 'channel' | 'team'>) => Promise<Outsiders | undefined>;

interface UserInfo {
  readonly id?: string;
  readonly team_id?: string;
  readonly is_stranger?: boolean;
  readonly is_restricted?: boolean;
  readonly is_ultra_restricted?: boolean;
}

/** What keeps somebody from being a full member of the team (facts: slack#who-reads-a-channel). */
export function outsiderIn(info: UserInfo, team: string): 'others' | 'guests' | undefined {
  if (info.is_stranger === true || (info.team_id !== undefined && info.team_id !== team)) return 'others';
  return info.is_restricted === true || info.is_ultra_restricted === true ? 'guests' : undefined;
}

/** `client` may be asked twice. What Slack does not tell is `unseen`. */
export function createWhoReads(deps: { client: WebClient; clock: Clock; log: Logger }): WhoReads {
  const { client, clock, log } = deps;
  /** By team: its full members, and when they were listed. */
  const teams = new Map<string, { at: number; members: Promise<Set<string>> }>();
  const channels = new Map<string, { at: number; outsiders: Promise<Outsiders | undefined> }>();

  async function listMembers(team: string): Promise<Set<string>> {
    const members = new Set<string>();
    let cursor: string | undefined;
    do {
      const page = await client.users.list({ limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
      for (const info of page.members ?? []) if (info.id !== undefined && outsiderIn(info, team) === undefined) members.add(info.id);
      cursor = page.response_metadata?.next_cursor || undefined;
    } while (cursor !== undefined);
    return members;
  }

  function fullMembers(team: string): Promise<Set<string>> {
    const known = teams.get(team);
    if (known !== undefined && clock.now() - known.at < MEMBERS_MS) return known.members;
    const members = listMembers(team);
    teams.set(team, { at: clock.now(), members });
    members.catch(() => teams.delete(team));
    return members;
  }

  async function look(channel: string, team: string): Promise<Outsiders | undefined> {
    const { channel: info } = await client.conversations.info({ channel });
    if (info?.is_ext_shared === true || info?.is_pending_ext_shared === true) return 'others';
    const full = await fullMembers(team);
    let cursor: string | undefined;
    do {
      const page = await client.conversations.members({ channel, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
      for (const user of page.members ?? []) {
        if (full.has(user)) continue;
        // Whoever is new in the team, a guest, or not of it.
        const outsider = outsiderIn((await client.users.info({ user })).user ?? {}, team);
        if (outsider !== undefined) return outsider;
        full.add(user);
      }
      cursor = page.response_metadata?.next_cursor || undefined;
    } while (cursor !== undefined);
    return undefined;
  }

  return ({ channel, team }) => {
    // A direct message is read by its person.
    if (channel.startsWith('D')) return Promise.resolve(undefined);
    const known = channels.get(channel);
    if (known !== undefined && clock.now() - known.at < CHANNEL_MS) return known.outsiders;
    const outsiders = look(channel, team).catch((error: unknown): Outsiders => {
      if (slackError(error) === undefined) throw error;
      log.warn({ err: error, channel }, 'not seen who reads a channel');
      return 'unseen';
    });
    channels.set(channel, { at: clock.now(), outsiders });
    outsiders.catch(() => channels.delete(channel));
    return outsiders;
  };
}
