// Types of other rooms whose values the Slack room is handed: it imports neither storage nor the agent.
import type { Storage } from '../storage/storage.ts';

export type { Step } from '../agent/tools.ts';
export type { ConversationRow } from '../storage/conversations.ts';
export type { Inbox, InboxRow } from '../storage/inbox.ts';
export type { Outbox } from '../storage/outbox.ts';
export type { CallRates, Rate } from '../storage/slack/call-rates.ts';
export type { Redraws } from '../storage/slack/redraws.ts';
export type { StepRows } from '../storage/turn-steps.ts';
export type { TurnRows } from '../storage/turns.ts';
export type Leases = Storage['leases'];
export type CalledRows = Pick<Storage, 'called'>;
