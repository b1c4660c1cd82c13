// Connecting a Slack user to their Databricks identity, and keeping what they had asked for until they are connected.
import type { WebClient } from '@slack/web-api';
import type { Identities, Identity } from '../../identity/identities.ts';
import { UserError } from '../../values/errors.ts';
import { outsiderIn } from '../thread/who-reads.ts';
import { renderConnect, renderWords } from '../views/answers.ts';
import { escapeText } from '../views/slack-text.ts';
import type { Whisper } from './whisper.ts';

/** What goes on by itself after the link: a command, a reply in a thread, or nothing. */
export type Resume =
  /** `id` is that of the envelope it came in; `anew`: also where there is a thread about it already. */
  | ({ readonly kind: 'command'; readonly id: string; readonly anew?: true } & Said)
  | ({ readonly kind: 'reply'; readonly threadTs: string; readonly ts: string } & Said)
  | ({ readonly kind: 'none' } & Pick<Said, 'user' | 'channel'>);

interface Said {
  readonly team: string;
  readonly user: string;
  readonly channel: string;
  readonly text: string;
}

/** What somebody has typed behind /dab, a mention or in a direct message. */
export type Asked = Extract<Resume, { kind: 'command' }>;

export interface Connect {
  /** The person's identity; where there is none they get a Connect button (`why` it is needed) and the answer is undefined. */
  identityOf(who: { team: string; user: string }, why: string, resume: Resume, whisper: Whisper): Promise<Identity | undefined>;
}

export function createConnect(deps: { client: WebClient; identities: Pick<Identities, 'of' | 'startLink'> }): Connect {
  return {
    async identityOf(who, why, resume, whisper) {
      const identity = await deps.identities.of(who);
      if (identity !== undefined) return identity;
      const person = await readSlackUser(deps.client, who.team, who.user);
      if ('refusal' in person) {
        await whisper(renderWords(`${escapeText(why)} ${person.refusal}`));
        return undefined;
      }
      const { name: slackName, email: slackEmail } = person;
      const { url, near } = await deps.identities.startLink({ who, channel: resume.channel, slackName, slackEmail, resume });
      await whisper(renderConnect(why, url, resume.kind !== 'none', near));
      return undefined;
    },
  };
}

/**
 * The person, or in words why they can't use the bot: only members of our own team with an e-mail address may link
 * (facts: security#account-linking).
 */
export async function readSlackUser(
  client: WebClient,
  team: string,
  user: string,
): Promise<{ name: string; email: string } | { refusal: string }> {
  const { user: info } = await client.users.info({ user });
  if (info === undefined || info.is_bot === true || info.deleted === true) return { refusal: 'I work for people only.' };
  const outsider = outsiderIn(info, team);
  if (outsider === 'others') {
    return { refusal: 'I work for members of this Slack team only, and you belong to another one.' };
  }
  if (outsider === 'guests') {
    return { refusal: 'Guests of this Slack team can’t connect to Databricks. Ask a member of the team to do it.' };
  }
  const email = info.profile?.email;
  if (email === undefined || email === '') {
    return { refusal: 'Your Slack profile shows me no e-mail address, and I need it to match your Databricks account. Ask a Slack admin.' };
  }
  return { name: info.profile?.real_name ?? info.real_name ?? info.name ?? user, email };
}

/** Reads back what `startLink` stored. */
export function parseResume(resume: unknown): Resume {
  const { kind } = resume as { kind?: unknown };
  if (kind === 'command' || kind === 'reply' || kind === 'none') return resume as Resume;
  throw new UserError({ doing: 'Going on after connecting', problem: 'I no longer know what you had asked.', next: 'Please ask again.' });
}
