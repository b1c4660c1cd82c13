// What the Slack stand-in's tests share: a stand-in with a clock they can turn, the real WebClient, and a real Bolt App.
import { App, type Logger, LogLevel, SocketModeReceiver } from '@slack/bolt';
import { WebAPIPlatformError, WebClient } from '@slack/web-api';
import { expect, onTestFinished } from 'vitest';
import { createSlackStandIn, type SlackStandIn, type SlackStandInOptions } from '../../../src/playground/slack/stand-in.ts';
import { createTestClock, type TestClock } from '../../values/test-clock.ts';

/** Refusals are what most tests are about: the SDKs' own words about them stay out of the run. */
export const QUIET: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  getLevel: () => LogLevel.ERROR,
  setName() {},
};

export interface Started {
  slack: SlackStandIn;
  web: WebClient;
  /** The stand-in's, unless another was given. */
  clock: TestClock;
}

/** A stand-in whose clock stands still unless turned, closed when the test ends; rates off unless asked for. */
export async function start(options: SlackStandInOptions = {}): Promise<Started> {
  const clock = createTestClock();
  const slack = await createSlackStandIn({ clock, rates: false, shareDelayMs: 0, ...options });
  onTestFinished(() => slack.close());
  const web = client(slack, slack.botToken);
  return { slack, web, clock };
}

export function client(slack: SlackStandIn, token: string | undefined): WebClient {
  return new WebClient(token, {
    slackApiUrl: slack.url,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: QUIET,
  });
}

/** A Bolt App connected over Socket Mode, with its own receiver (facts: slack#socket-mode). */
export async function startApp(slack: SlackStandIn, register: (app: App) => void): Promise<App> {
  const receiver = new SocketModeReceiver({
    appToken: slack.appToken,
    logger: QUIET,
    installerOptions: { clientOptions: { slackApiUrl: slack.url, retryConfig: { forever: true, minTimeout: 100, maxTimeout: 500 } } },
  });
  const app = new App({
    token: slack.botToken,
    receiver,
    logger: QUIET,
    clientOptions: { slackApiUrl: slack.url, retryConfig: { retries: 0 } },
  });
  register(app);
  await app.start();
  onTestFinished(async () => {
    await receiver.client.disconnect();
  });
  return app;
}

/** Slack's error of a refused call; `ok` when it was not refused. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'ok';
  } catch (error) {
    if (error instanceof WebAPIPlatformError) return error.data.error;
    throw error;
  }
}

/** Waits for an expectation with patience for a busy machine. */
export function eventually<T>(look: () => T) {
  return expect.poll(look, { timeout: 30_000, interval: 10 });
}
