// Socket Mode: connections, hello and disconnect, envelopes to any one socket, acks with their deadline, retries of events.
import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import { systemClock } from '../../../values/clock.ts';
import { ACK_MS, RETRY_AFTER_MS, SERVER_PING_MS, SOCKETS } from '../protocol/limits.ts';
import { type Dict, isDict } from '../protocol/refusal.ts';
import type { Time } from '../protocol/time.ts';
import { BOT } from '../team/state.ts';

type EnvelopeType = 'slash_commands' | 'interactive' | 'events_api';
type DisconnectReason = 'warning' | 'refresh_requested' | 'link_disabled' | 'too_many_websockets';
/** How a delivery ended: acked with a payload, no socket was open, or no ack came within 3 s. */
export type Delivery = { readonly state: 'acked'; readonly payload: Dict } | { readonly state: 'no_socket' | 'timeout' };

/** One envelope that was sent, for tests to look at. */
interface SentEnvelope {
  readonly id: string;
  readonly type: EnvelopeType;
  readonly payload: Dict;
  readonly retryAttempt?: number;
  acked: boolean;
}

export interface SocketMode {
  /** A fresh single-use `ws://` address (apps.connections.open). */
  open(): string;
  /** Sends a command, click or view once; nobody retries it (facts: slack#events-and-retries). */
  deliver(type: 'slash_commands' | 'interactive', payload: Dict): Promise<Delivery>;
  /** Sends an event; held while no socket is open, retried at once, after 1 and after 5 minutes (facts: slack#events-and-retries). */
  event(payload: Dict): void;
  /** Tells one or all sockets to go; as Slack does, the socket gets no more envelopes. */
  disconnect(reason: DisconnectReason, options?: { all?: boolean }): void;
  /** Breaks all sockets without a word, as a lost network does. */
  cut(): void;
  /** Sends the next `times` envelopes twice, under the same envelope id. */
  duplicate(times: number): void;
  /** Sends an envelope once more, under the same id. */
  resend(envelope: SentEnvelope): void;
  readonly sent: readonly SentEnvelope[];
  /** Sockets that take envelopes now. */
  sockets(): number;
  close(): void;
}

interface Held {
  readonly payload: Dict;
  attempt: number;
  readonly firstAt: number;
}

/** When all has been read that has come by now: whose socket was closed while this process was busy gets nothing on it. */
function afterReading(run: () => void): void {
  // The first one may come before any reading.
  setImmediate(() => setImmediate(run));
}

/** @param host `127.0.0.1:<port>`, known once the server listens */
export function createSocketMode(server: Server, time: Time, host: () => string): SocketMode {
  const tickets = new Set<string>();
  const sockets: WebSocket[] = [];
  const sent: SentEnvelope[] = [];
  const waiting = new Map<string, (delivery: Delivery) => void>();
  const held: Held[] = [];
  let turn = 0;
  let duplicates = 0;
  const wss = new WebSocketServer({ noServer: true });

  server.on('upgrade', (request: IncomingMessage, socket, head) => {
    const ticket = new URL(request.url ?? '/', 'http://link').searchParams.get('ticket') ?? '';
    if (!tickets.delete(ticket)) {
      socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n');
      return;
    }
    wss.handleUpgrade(request, socket, head, connected);
  });

  function connected(socket: WebSocket): void {
    socket.on('error', () => socket.terminate());
    if (sockets.length >= SOCKETS) {
      bye(socket, 'too_many_websockets');
      return;
    }
    sockets.push(socket);
    const quiet = systemClock.every(SERVER_PING_MS, () => socket.ping());
    socket.on('close', () => {
      quiet();
      leave(socket);
    });
    socket.on('message', (data) => acked(String(data)));
    const debug_info = { host: 'playground', build_number: 1, approximate_connection_time: 3600 };
    socket.send(JSON.stringify({ type: 'hello', num_connections: sockets.length, debug_info, connection_info: { app_id: BOT.app } }));
    for (const entry of held.splice(0)) attempt(entry);
  }

  function leave(socket: WebSocket): void {
    const at = sockets.indexOf(socket);
    if (at >= 0) sockets.splice(at, 1);
  }

  function bye(socket: WebSocket, reason: DisconnectReason): void {
    leave(socket);
    socket.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'playground' } }));
  }

  function acked(text: string): void {
    const message: unknown = JSON.parse(text);
    if (!isDict(message) || typeof message.envelope_id !== 'string') return;
    const settle = waiting.get(message.envelope_id);
    waiting.delete(message.envelope_id);
    settle?.({ state: 'acked', payload: isDict(message.payload) ? message.payload : {} });
  }

  function frame(envelope: SentEnvelope, retryReason?: string): string {
    return JSON.stringify({
      envelope_id: envelope.id,
      type: envelope.type,
      payload: envelope.payload,
      accepts_response_payload: envelope.type !== 'events_api',
      ...(envelope.type === 'events_api' ? { retry_attempt: envelope.retryAttempt ?? 0, retry_reason: retryReason ?? '' } : {}),
    });
  }

  /** Any one open socket: here in turns, so that two connections both get some. */
  function send(envelope: SentEnvelope, retryReason?: string): boolean {
    const open = sockets.filter((socket) => socket.readyState === socket.OPEN);
    const socket = open[turn++ % Math.max(open.length, 1)];
    if (socket === undefined) return false;
    const text = frame(envelope, retryReason);
    socket.send(text);
    if (duplicates > 0) {
      duplicates -= 1;
      (open[turn % open.length] ?? socket).send(text);
    }
    return true;
  }

  function transmit(type: EnvelopeType, payload: Dict, retry?: { attempt: number; reason: string }): Promise<Delivery> {
    const envelope: SentEnvelope = { id: randomUUID(), type, payload, acked: false, ...(retry ? { retryAttempt: retry.attempt } : {}) };
    return new Promise((resolve) => {
      const cancel = time.deadline(ACK_MS, () => {
        if (waiting.delete(envelope.id)) resolve({ state: 'timeout' });
      });
      waiting.set(envelope.id, (delivery) => {
        cancel();
        envelope.acked = true;
        resolve(delivery);
      });
      afterReading(() => {
        if (send(envelope, retry?.reason)) {
          sent.push(envelope);
          return;
        }
        cancel();
        waiting.delete(envelope.id);
        resolve({ state: 'no_socket' });
      });
    });
  }

  async function attempt(entry: Held): Promise<void> {
    const delivery = await transmit(
      'events_api',
      entry.payload,
      entry.attempt === 0 ? undefined : { attempt: entry.attempt, reason: 'timeout' },
    );
    if (delivery.state === 'acked') return;
    const wait = RETRY_AFTER_MS[entry.attempt];
    if (wait === undefined) return;
    entry.attempt += 1;
    if (delivery.state === 'no_socket') held.push(entry);
    else time.after(Math.max(0, entry.firstAt + wait - time.now()), () => void attempt(entry));
  }

  return {
    sent,
    sockets: () => sockets.length,
    open() {
      const ticket = randomBytes(12).toString('hex');
      tickets.add(ticket);
      return `ws://${host()}/link/?ticket=${ticket}&app_id=${BOT.app}`;
    },
    deliver: (type, payload) => transmit(type, payload),
    event: (payload) => void attempt({ payload, attempt: 0, firstAt: time.now() }),
    disconnect(reason, options) {
      for (const socket of options?.all === true ? [...sockets] : sockets.slice(0, 1)) bye(socket, reason);
    },
    cut() {
      for (const socket of sockets.splice(0)) socket.terminate();
    },
    duplicate: (times) => {
      duplicates += times;
    },
    resend: (envelope) => void send(envelope),
    close() {
      for (const socket of wss.clients) socket.terminate();
      wss.close();
    },
  };
}
