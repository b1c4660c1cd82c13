// The Web API over HTTP: token, fault, rate, scope, method, answer; and a journal of the calls.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../../values/clock.ts';
import { answerJson, answerText, readArguments } from '../protocol/http.ts';
import { type Args, createArgs, type Dict, SlackRefusal } from '../protocol/refusal.ts';
import type { State } from '../team/state.ts';
import type { Fault, FaultBox } from './faults.ts';
import type { Rates } from './rates.ts';
import { scopeOf } from './scopes.ts';

export type Method = (args: Args, base: string) => Dict;

/** One Web API call as it came, for tests to look at. */
export interface ApiCall {
  readonly method: string;
  /** Arguments without the token; a form's values are strings. */
  readonly args: Readonly<Dict>;
  readonly at: number;
  /** `ok`, Slack's error, or an HTTP status as text. */
  outcome: string;
}

interface WebApi {
  handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void>;
  readonly calls: readonly ApiCall[];
}

interface WebApiDeps {
  readonly state: State;
  readonly methods: Readonly<Record<string, Method>>;
  readonly botToken: string;
  readonly appToken: string;
  readonly scopes: () => readonly string[];
  readonly rates: Rates;
  readonly faults: FaultBox;
  readonly time: Clock;
}

/** Carries a fault out. @returns true when it has answered (or never will) */
export async function suffer(fault: Fault | undefined, response: ServerResponse, time: Clock): Promise<boolean> {
  if (fault === undefined) return false;
  if (fault.delayMs !== undefined) await time.sleep(fault.delayMs);
  if (fault.hang === true) return true;
  if (fault.retryAfter !== undefined)
    answerJson(response, 429, { ok: false, error: 'ratelimited' }, { 'retry-after': String(fault.retryAfter) });
  else if (fault.error !== undefined) answerJson(response, fault.status ?? 200, { ok: false, error: fault.error });
  else if (fault.status !== undefined) answerText(response, fault.status, 'fault');
  else if (fault.afterHandler === true) response.socket?.destroy();
  else return false;
  return true;
}

export function createWebApi(deps: WebApiDeps): WebApi {
  const calls: ApiCall[] = [];

  /** Only the app token opens connections, and it does nothing else (facts: slack#manifest-and-scopes). */
  function checkToken(method: string, token: string | undefined): void {
    if (token === undefined || token === '') throw new SlackRefusal('not_authed');
    if (token !== deps.botToken && token !== deps.appToken) throw new SlackRefusal('invalid_auth');
    if ((method === 'apps.connections.open') !== (token === deps.appToken)) throw new SlackRefusal('not_allowed_token_type');
  }

  function checkScope(method: string, args: Args): void {
    const channel = args.text('channel') ?? args.text('channel_id') ?? '';
    const needed = scopeOf(method, deps.state.channels.get(channel)?.kind);
    const provided = deps.scopes();
    if (needed !== undefined && !provided.includes(needed))
      throw new SlackRefusal('missing_scope', { needed, provided: provided.join(',') });
    if (method.startsWith('agents.') && !provided.includes('assistant:write')) throw new SlackRefusal('not_authorized');
  }

  async function handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const method = url.pathname.slice('/api/'.length);
    const { token: given, ...values } = await readArguments(request, url);
    const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    const call: ApiCall = { method, args: values, at: deps.time.now(), outcome: 'lost' };
    calls.push(call);
    const args = createArgs(values);
    const fault = deps.faults.take(method);
    if (fault?.afterHandler !== true && (await suffer(fault, response, deps.time))) {
      call.outcome = fault?.error ?? String(fault?.retryAfter === undefined ? (fault?.status ?? 'hung') : 429);
      return;
    }
    const answer = run(
      method,
      args,
      bearer ?? (typeof given === 'string' ? given : undefined),
      `http://${request.headers.host ?? 'localhost'}`,
    );
    call.outcome = answer.retryAfter === undefined ? (answer.body.ok === true ? 'ok' : String(answer.body.error)) : '429';
    if (fault?.afterHandler === true && (await suffer(fault, response, deps.time))) return;
    if (answer.retryAfter === undefined) answerJson(response, 200, answer.body);
    else answerJson(response, 429, answer.body, { 'retry-after': String(answer.retryAfter) });
  }

  function run(name: string, args: Args, token: string | undefined, base: string): { body: Dict; retryAfter?: number } {
    try {
      const method = deps.methods[name];
      if (method === undefined) throw new SlackRefusal('unknown_method', { req_method: name });
      checkToken(name, token);
      const retryAfter = deps.rates.take(name, args.text('channel'));
      if (retryAfter !== undefined) return { body: { ok: false, error: 'ratelimited' }, retryAfter };
      checkScope(name, args);
      return { body: { ok: true, ...method(args, base) } };
    } catch (error) {
      if (!(error instanceof SlackRefusal)) throw error;
      return { body: { ok: false, error: error.code, ...error.extra } };
    }
  }

  return { handle, calls };
}
