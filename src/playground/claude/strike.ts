// Passes a stream of server-sent events on, and lets a fault strike it on the way.
import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import { systemClock } from '../../values/clock.ts';
import type { Fault } from './faults.ts';

/** Real time for the network; loopback needs far less. */
const FLUSH_MS = 50;
const InputDelta = z.looseObject({ delta: z.looseObject({ partial_json: z.string() }) });

/** Writes the events to the response; ends it, kills its socket, or breaks off as the fault says. */
export async function pass(events: ReadableStream<Uint8Array>, response: ServerResponse, fault: Fault | undefined): Promise<void> {
  const cut = fault?.kind === 'max-tokens';
  const last = fault !== undefined && 'afterEvents' in fault ? fault.afterEvents : undefined;
  const breaks = fault?.kind === 'sse-error' || fault?.kind === 'socket' || fault?.kind === 'early-end';
  const limit = breaks ? (last ?? 3) : Number.POSITIVE_INFINITY;
  let sent = 0;
  let inputs = 0;
  for await (const event of frames(events)) {
    if (sent >= limit) break;
    // Of a tool call that was cut, only the first piece of its input arrives.
    if (cut && event.includes('"input_json_delta"')) {
      inputs += 1;
      if (inputs > 1) continue;
      await write(response, halfInput(event));
      continue;
    }
    await write(response, event);
    sent += 1;
  }
  if (breaks && fault.kind === 'sse-error') {
    const body = { type: 'error', error: { type: fault.type, message: 'ordered by a test' } };
    await write(response, `event: error\ndata: ${JSON.stringify(body)}`);
  }
  if (breaks && fault.kind === 'socket') {
    // What was written must have arrived, or the client sees a refused connection instead of a broken stream.
    await systemClock.sleep(FLUSH_MS);
    response.destroy();
  } else {
    response.end();
  }
}

async function* frames(events: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of events) {
    rest += decoder.decode(chunk, { stream: true });
    const parts = rest.split('\n\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
  if (rest.trim() !== '') yield rest;
}

function halfInput(event: string): string {
  const data = event.split('\n').find((line) => line.startsWith('data: '));
  if (data === undefined) return event;
  const body = InputDelta.parse(JSON.parse(data.slice('data: '.length)));
  const half = body.delta.partial_json.slice(0, Math.ceil(body.delta.partial_json.length / 2));
  return `event: content_block_delta\ndata: ${JSON.stringify({ ...body, delta: { ...body.delta, partial_json: half } })}`;
}

async function write(response: ServerResponse, event: string): Promise<void> {
  if (response.destroyed) return;
  if (response.write(`${event}\n\n`)) return;
  await new Promise<void>((resolve) => {
    response.once('drain', resolve);
    response.once('close', resolve);
  });
}
