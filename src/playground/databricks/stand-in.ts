// A Databricks workspace that isn't one: a real HTTP server on loopback with state, true errors and a certified sign-in (facts: cli#the-fake-workspace).
import type { AddressInfo } from 'node:net';
import { type Clock, systemClock } from '../../values/clock.ts';
import { permissionsRoutes } from './access/permissions.ts';
import { type Answer, ok, Refusal, type User } from './http/answer.ts';
import { createFaults, type Faults } from './http/faults.ts';
import { createForward, type Forward, type ForwardTo } from './http/forward.ts';
import { createRouter, type Route } from './http/router.ts';
import { createHttpServer, type JournalEntry } from './http/server.ts';
import { serveLogin } from './oauth/login.ts';
import { createOidc, type OAuthClient, type Oidc } from './oauth/oidc.ts';
import { walkSignIn } from './oauth/sign-in.ts';
import { pageRoutes } from './pages.ts';
import { computeRoutes } from './routes/compute.ts';
import { dashboardsRoutes } from './routes/dashboards.ts';
import { identityRoutes } from './routes/identity.ts';
import { jobsRoutes } from './routes/jobs.ts';
import { lakebaseRoutes } from './routes/lakebase.ts';
import { namedRoutes } from './routes/named.ts';
import { pipelinesRoutes } from './routes/pipelines.ts';
import { reposRoutes } from './routes/repos.ts';
import { runsRoutes } from './routes/runs.ts';
import { statementsRoutes } from './routes/statements.ts';
import { storageRoutes } from './routes/storage.ts';
import { unityCatalogRoutes } from './routes/unity-catalog.ts';
import { workspaceRoutes } from './routes/workspace.ts';
import { workspaceFilesRoutes } from './routes/workspace-files.ts';
import { loadJobs } from './seed/load.ts';
import { loadSeed } from './seed/seed.ts';
import { ACCOUNT_ID, createWorkspaceState, WORKSPACE_ID, type Workspace } from './state/state.ts';

export interface DatabricksStandInOptions {
  /** Loopback port; a free one when left out. */
  readonly port?: number | undefined;
  /** A folder of jobs/get bodies; `../permissions` beside it is read too. */
  readonly jobsDir?: string | undefined;
  /** Whether the demo workspace is loaded; by default only without `jobsDir`. */
  readonly seed?: boolean | undefined;
  /** Times of jobs and files, lifetimes of tokens and the delays of faults go by it. */
  readonly clock?: Clock | undefined;
  /** People beside the usual ones. */
  readonly moreUsers?: readonly User[] | undefined;
  /** Waited before every answer, in real milliseconds. */
  readonly latencyMs?: number | undefined;
  /** Lifetime of access tokens in seconds, 3600 when left out. */
  readonly accessTokenSeconds?: number | undefined;
  /** Put a real workspace in place of our state. */
  readonly forward?: ForwardTo | undefined;
}

export interface DatabricksStandIn {
  /** The host, such as `http://127.0.0.1:40123`. */
  readonly url: string;
  readonly workspace: Workspace;
  readonly faults: Faults;
  /** The journal, oldest first. */
  readonly requests: JournalEntry[];
  registerOAuthClient(client: OAuthClient): void;
  /** A personal access token (a new one each time). */
  tokenFor(userName: string): string;
  /** Signs in as a person would; answers the final redirect with its code and state. `undefined` presses Cancel. */
  signIn(authorizeUrl: string, userName: string | undefined): Promise<string>;
  /** Ends every OAuth sign-in of a user: their refresh tokens answer invalid_grant from now on. */
  endSignIns(userName: string): void;
  close(): Promise<void>;
}

export async function createDatabricksStandIn(options: DatabricksStandInOptions = {}): Promise<DatabricksStandIn> {
  const clock = options.clock ?? systemClock;
  const forward = options.forward === undefined ? undefined : await createForward(options.forward);
  const workspace = createWorkspaceState({
    clock: clock.now,
    users: forward === undefined ? undefined : [forward.user],
    more: options.moreUsers,
  });
  if (forward === undefined) {
    if (options.seed ?? options.jobsDir === undefined) loadSeed(workspace);
    if (options.jobsDir !== undefined) loadJobs(workspace, options.jobsDir);
  }
  const faults = createFaults();
  const requests: JournalEntry[] = [];
  let url = '';
  let oidc: Oidc | undefined;
  const signInService = (): Oidc => {
    oidc ??= createOidc({
      host: url,
      workspaceName: workspace.name,
      users: () => workspace.users,
      accessTokenSeconds: options.accessTokenSeconds,
      clock,
    });
    return oidc;
  };
  const answer = createAnswer(workspace, forward, () => url);

  const server = createHttpServer({
    faults,
    requests,
    latencyMs: options.latencyMs ?? 0,
    clock,
    async special(request, response, path, body) {
      if (!path.startsWith('/oidc/')) return false;
      const deps = { oidc: signInService(), workspaceName: workspace.name, users: () => workspace.users };
      if (path.startsWith('/oidc/login/')) await serveLogin(deps, request, response, await body());
      else await deps.oidc.serve(request, response);
      return true;
    },
    async userOf(token) {
      const userName = token.startsWith('dapi') ? undefined : await signInService().userOfToken(token);
      if (userName === undefined) return workspace.userOfToken(token);
      // A service principal is none of the people.
      return workspace.user(userName) ?? { userName, id: userName, displayName: userName, admin: false, groups: [] };
    },
    answer,
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    workspace,
    faults,
    requests,
    registerOAuthClient: (client) => signInService().register(client),
    tokenFor: workspace.tokenFor,
    signIn: (authorizeUrl, userName) => walkSignIn(url, authorizeUrl, userName),
    endSignIns: (userName) => signInService().endSignIns(userName),
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

type AnswerCall = Parameters<typeof createHttpServer>[0]['answer'];

/** Public pages first, then everything that wants a token. */
function createAnswer(workspace: Workspace, forward: Forward | undefined, host: () => string): AnswerCall {
  const routes: Route[] = [
    ...identityRoutes(workspace),
    ...workspaceRoutes(workspace),
    ...workspaceFilesRoutes(workspace),
    ...storageRoutes(workspace),
    ...reposRoutes(workspace),
    ...jobsRoutes(workspace),
    ...runsRoutes(workspace, host),
    ...permissionsRoutes(workspace),
    ...computeRoutes(workspace),
    ...pipelinesRoutes(workspace),
    ...dashboardsRoutes(workspace),
    ...namedRoutes(workspace),
    ...lakebaseRoutes(workspace),
    ...unityCatalogRoutes(workspace),
    ...statementsRoutes(workspace),
  ];
  const findPage = createRouter(pageRoutes(workspace));
  const findRoute = createRouter(routes);
  const nobody = { userName: '', id: '', displayName: '', admin: false, groups: [] };

  return async (call, user, search, contentType): Promise<Answer> => {
    if (call.path === '/.well-known/databricks-config')
      return ok({
        oidc_endpoint: `${host()}/oidc`,
        workspace_id: forward?.workspaceId ?? WORKSPACE_ID,
        ...(forward === undefined ? { account_id: ACCOUNT_ID } : {}),
      });
    const api = call.path.startsWith('/api/') || call.path === '/telemetry-ext';
    if (!api) {
      if (forward !== undefined) return forward.page(`${call.path}${search}`);
      const found = findPage(call.method, call.path);
      if (found === undefined) throw new Refusal(404, 'ENDPOINT_NOT_FOUND', `No page at ${call.path}`);
      return found.route.handle({ ...call, params: found.params, user: nobody });
    }
    const who = await user();
    if (forward !== undefined && call.path !== '/telemetry-ext')
      return forward.send({ ...call, params: {}, user: who }, search, contentType);
    const found = findRoute(call.method, call.path);
    if (found === undefined)
      throw new Refusal(404, 'ENDPOINT_NOT_FOUND', `No API found for '${call.method} ${call.path.replace(/^\/api\/[\d.]+/, '')}'`);
    return found.route.handle({ ...call, params: found.params, user: who });
  };
}
