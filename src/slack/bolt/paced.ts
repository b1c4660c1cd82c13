// Every request to Slack's Web API on its way out: it waits for the rate of its method, and a refusal for that is told to all processes.
import type { FetchFunction } from '@slack/web-api';
import type { Logger } from '../../values/log.ts';
import type { RateLimits } from './rate-limits.ts';

/** Slack answers within seconds or not at all. */
const CALL_TIMEOUT_MS = 30_000;
/** Where Slack does not say for how long it refuses. Our choice. */
const PUT_OFF_SECONDS = 10;

interface Paced {
  /** For calls whose caller has waited. */
  readonly atOnce: FetchFunction;
  readonly whenAllowed: FetchFunction;
}

export function createPaced(deps: { apiUrl?: string | undefined; rates: RateLimits; log: Logger }): Paced {
  const { apiUrl = 'https://slack.com/api/', rates, log } = deps;

  /** Undefined where it is no method: bytes of an upload have an address of their own. */
  const methodOf = (url: string) => (url.startsWith(apiUrl) ? url.slice(apiUrl.length) : undefined);

  const atOnce: FetchFunction = async (url, init) => {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(CALL_TIMEOUT_MS) });
    const method = methodOf(String(url));
    if (response.status === 429 && method !== undefined) {
      const seconds = Number(response.headers.get('retry-after') ?? PUT_OFF_SECONDS);
      log.warn({ method, seconds }, 'Slack puts calls off');
      await rates
        .putOff(method, channelIn(init?.body), seconds * 1000)
        .catch((error: unknown) => log.warn({ err: error, method }, 'other processes are not told that Slack puts calls off'));
    }
    return response;
  };

  return {
    atOnce,
    async whenAllowed(url, init) {
      const method = methodOf(String(url));
      if (method !== undefined) await rates.wait(method, channelIn(init?.body));
      return atOnce(url, init);
    },
  };
}

/** The library sends arguments as a form. */
function channelIn(body: unknown): string | undefined {
  return typeof body === 'string' ? (new URLSearchParams(body).get('channel') ?? undefined) : undefined;
}
