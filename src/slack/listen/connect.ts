// Connecting a Slack user to their Databricks identity, and keeping what they had asked for until they are connected.
import type { WebClient } from '@slack/web-api';
import type { Identities, Identity } from '../../identity/identities.ts';
import { UserError } from '../../values/errors.ts';
import { renderConnect, renderWords } from '../views/answers.ts';
import { readSlackUser } from './slack-users.ts';
import type { Whisper } from './whisper.ts';

/** What goes on by itself after the link: a command, a reply in a thread, or nothing. */
export type Resume =
  | {
      readonly kind: 'command';
      /** Of the envelope it came in. */
      readonly id: string;
      readonly team: string;
      readonly user: string;
      readonly channel: string;
      readonly text: string;
    }
  | {
      readonly kind: 'reply';
      readonly team: string;
      readonly user: string;
      readonly channel: string;
      readonly threadTs: string;
      readonly ts: string;
      readonly text: string;
    }
  | { readonly kind: 'none'; readonly user: string; readonly channel: string };

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
        await whisper(renderWords(`${why} ${person.refusal}`));
        return undefined;
      }
      const { url } = await deps.identities.startLink({
        who,
        slackName: person.name,
        slackEmail: person.email,
        resume: { ...resume },
      });
      await whisper(renderConnect(why, url, resume.kind !== 'none'));
      return undefined;
    },
  };
}

/** Reads back what `startLink` stored. */
export function parseResume(resume: unknown): Resume {
  const { kind } = resume as { kind?: unknown };
  if (kind === 'command' || kind === 'reply' || kind === 'none') return resume as Resume;
  throw new UserError({ doing: 'Going on after connecting', problem: 'I no longer know what you had asked.', next: 'Please ask again.' });
}
