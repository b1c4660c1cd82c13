// Who somebody in Slack is: only members of our own team with an e-mail address may link (facts: security#account-linking).
import type { WebClient } from '@slack/web-api';

interface SlackUser {
  readonly name: string;
  readonly email: string;
}

/** The person, or in words why they can't use the bot. */
export async function readSlackUser(client: WebClient, team: string, user: string): Promise<SlackUser | { readonly refusal: string }> {
  const { user: info } = await client.users.info({ user });
  if (info === undefined || info.is_bot === true || info.deleted === true) return { refusal: 'I work for people only.' };
  if (info.is_stranger === true || (info.team_id !== undefined && info.team_id !== team)) {
    return { refusal: 'I work for members of this Slack team only, and you belong to another one.' };
  }
  if (info.is_restricted === true || info.is_ultra_restricted === true) {
    return { refusal: 'Guests of this Slack team can’t connect to Databricks. Ask a member of the team to do it.' };
  }
  const email = info.profile?.email;
  if (email === undefined || email === '') {
    return { refusal: 'Your Slack profile shows me no e-mail address, and I need it to match your Databricks account. Ask a Slack admin.' };
  }
  return { name: info.profile?.real_name ?? info.real_name ?? info.name ?? user, email };
}
