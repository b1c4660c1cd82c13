// The channel of direct messages with somebody.
import type { WebClient } from '@slack/web-api';

export async function directChannel(client: WebClient, user: string): Promise<string> {
  const { channel } = await client.conversations.open({ users: user });
  if (channel?.id === undefined) throw new Error('conversations.open answered without a channel');
  return channel.id;
}
