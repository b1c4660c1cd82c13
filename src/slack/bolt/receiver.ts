// Our own Bolt receiver over two Socket Mode connections: every envelope becomes a row, then is acknowledged, then is worked on.
import type { App, Receiver } from '@slack/bolt';
import { SocketModeClient } from '@slack/socket-mode';
import type { Inbox, InboxRow, Leases } from '../../conversation/rows.ts';
import { isPassingStatement } from '../../values/errors.ts';
import type { Logger } from '../../values/log.ts';
import type { Metrics } from '../../values/metrics.ts';
import { boltLogger } from './logger.ts';
import { isLeft } from './passing.ts';

/**
 * Two sockets: while one is recycled Slack delivers to the other, else a command sent in the gap is lost. How long each waits for an answer to
 * its pings, and before it reconnects: the library's 5 s, so that the gap is short; and longer, so that a process which was busy for more
 * than that keeps one of them (facts: slack#socket-mode).
 */
const PONG_MS = [5_000, 20_000];
/** Reconnects go on for ever, at most 15 s apart; the library's own pace has no cap (facts: slack#socket-mode). */
const RECONNECT = { forever: true, factor: 1.3, minTimeout: 1000, maxTimeout: 15_000 };
/** What Socket Mode hands over with every envelope. */
interface Envelope {
  readonly ack: (payload?: Record<string, unknown>) => Promise<void>;
  readonly envelope_id: string;
  readonly type: string;
  readonly body: Record<string, unknown>;
  /** Whether what its acknowledgement carries is looked at. */
  readonly accepts_response_payload: boolean;
}

interface DurableReceiver extends Receiver {
  /** Works on what a process that is dead by now had acknowledged and not finished. */
  replay(): Promise<void>;
  /** Resolves when no envelope is being worked on. */
  drained(): Promise<void>;
  connected(): boolean;
}

export interface ReceiverOptions {
  readonly appToken: string;
  /** Where the Web API is, when it isn't Slack's own. */
  readonly apiUrl?: string | undefined;
  readonly inbox: Inbox;
  /** What an acknowledgement says to whoever sent the envelope: at once, without a call (facts: slack#socket-mode). */
  readonly acknowledge: (row: InboxRow) => Record<string, unknown> | undefined;
  readonly leases: Leases;
  readonly metrics: Metrics;
  readonly log: Logger;
}

export function createReceiver(options: ReceiverOptions): DurableReceiver {
  const { inbox, log, metrics } = options;
  /** By envelope key. */
  const inHand = new Map<string, Promise<void>>();
  let app: App | undefined;
  const connected = new Set<number>();

  const clients = PONG_MS.map((clientPingTimeout, index) => {
    const client = new SocketModeClient({
      appToken: options.appToken,
      logger: boltLogger(log),
      clientPingTimeout,
      clientOptions: { retryConfig: RECONNECT, ...(options.apiUrl === undefined ? {} : { slackApiUrl: options.apiUrl }) },
    });
    client.on('slack_event', (envelope: Envelope) => void receive(envelope));
    client.on('connected', () => connected.add(index));
    client.on('disconnected', () => connected.delete(index));
    client.on('reconnecting', () => connected.delete(index));
    client.on('error', (error: unknown) => log.warn({ err: error }, 'socket mode'));
    return client;
  });

  async function receive(envelope: Envelope): Promise<void> {
    const row = { id: envelopeKey(envelope), kind: envelope.type, payload: envelope.body };
    try {
      // Stored first: what is acknowledged is never lost. What could not be stored is not acknowledged, and Slack sends events again.
      const isNew = await inbox.receive(row).catch((error: unknown) => {
        // Nobody tells a command or a click again.
        if (!isPassingStatement(error)) throw error;
        return inbox.receive(row);
      });
      const words = isNew && envelope.accepts_response_payload ? options.acknowledge(row) : undefined;
      // A socket that has just gone takes no ack; the row is ours all the same, and Slack's repetition will be a duplicate.
      await envelope.ack(words).catch((error: unknown) => log.warn({ err: error, envelope: row.id }, 'ack not sent'));
      metrics.events.inc({ kind: row.kind, outcome: isNew ? 'new' : 'duplicate' });
      if (isNew) process(row);
    } catch (error) {
      metrics.events.inc({ kind: row.kind, outcome: 'lost' });
      log.error({ err: error, envelope: row.id }, 'envelope not stored');
    }
  }

  function process(row: InboxRow): void {
    inHand.set(
      row.id,
      options.leases
        .hold(`envelope ${row.id}`, async () => {
          // Another process may have had it first, while this one was paused.
          if (await inbox.isOpen(row.id)) await handle(row);
        })
        .catch((error: unknown) => log.warn({ err: error, envelope: row.id }, 'envelope left to a replay, or to another process'))
        .finally(() => inHand.delete(row.id)),
    );
  }

  async function handle(row: InboxRow): Promise<void> {
    try {
      await app?.processEvent({ body: row.payload, ack: async () => {}, customProperties: { envelope: row.id } });
      await inbox.finish(row.id, 'done');
    } catch (error) {
      if (isLeft(error)) throw error;
      log.error({ err: error, envelope: row.id }, 'envelope not worked on');
      await inbox.finish(row.id, 'failed').catch((cause: unknown) => log.error({ err: cause }, 'inbox row not closed'));
    }
  }

  return {
    init(bolt) {
      app = bolt;
    },
    start: () => Promise.all(clients.map((client) => client.start())),
    stop: () => Promise.all(clients.map((client) => client.disconnect())),
    async replay() {
      for (const row of await inbox.abandoned()) if (!inHand.has(row.id)) process(row);
    },
    async drained() {
      await Promise.all(inHand.values());
    },
    connected: () => connected.size > 0,
  };
}

/** Events are told again under new envelopes, so their own id counts; commands and clicks come once, under their envelope's. */
function envelopeKey(envelope: Envelope): string {
  const { event_id: eventId } = envelope.body;
  return typeof eventId === 'string' ? eventId : envelope.envelope_id;
}
