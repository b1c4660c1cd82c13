// The rows and ports of other rooms that the Slack room is handed by main: it knows neither storage nor the agent.
export type { Step } from '../agent/tools.ts';
export type { ConversationRow } from '../storage/conversations.ts';
export type { Inbox, InboxRow } from '../storage/inbox.ts';
export type { Outbox } from '../storage/outbox.ts';
