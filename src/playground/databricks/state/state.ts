// Everything one workspace keeps: users, tokens, jobs, runs, files, grants, compute, pipelines, dashboards; in memory, gone with the process.
import { randomBytes } from 'node:crypto';
import type { User } from '../http/answer.ts';
import type { JsonObject } from '../http/json.ts';
import { createFiles, type Files } from './files.ts';
import { toGrant } from './grants.ts';

/** The number in every link's `?o=` and in the CLI's host metadata. */
export const ACCOUNT_ID = '7a1c0de0-0000-4000-8000-000000000042';
export const WORKSPACE_ID = '1642098035581911';

/** New ids are 18 digits, beyond 2^53: code that rounds an int64 fails here at once (facts: libraries#databricks-sdk). */
const FIRST_ID = 702_918_340_275_160_001n;

export interface Job {
  readonly jobId: string;
  readonly creator: string;
  readonly createdTime: number;
  runAs: string;
  /** The `settings` part of jobs/get. */
  settings: JsonObject;
  /** Other top-level fields of a body that was loaded, such as `run_as_owner`. */
  readonly extra: JsonObject;
}

export interface Run {
  readonly runId: string;
  readonly jobId: string;
  readonly startTime: number;
  /** Until this moment it is running. */
  readonly endTime: number;
  readonly body: JsonObject;
  /** The task that fails it. */
  readonly failing?: string | undefined;
}

export interface Dashboard {
  readonly creator: string;
  /** The answer of GET lakeview/dashboards/ID. */
  draft: JsonObject;
  /** The answer of GET lakeview/dashboards/ID/published; absent while it is not published. */
  published?: JsonObject | undefined;
}

export interface Workspace {
  /** Shown on the sign-in page and the job pages. */
  readonly name: string;
  readonly users: readonly User[];
  readonly jobs: Map<string, Job>;
  readonly runs: Map<string, Run>;
  /** How long a run takes, in milliseconds. */
  runMs: number;
  readonly files: Files;
  /** access_control_list by object id such as `/jobs/123` or `/directories/42`. */
  readonly grants: Map<string, JsonObject[]>;
  /** Git folders by their path, such as /Repos/ana@acme.example/etl: url, branch, head_commit_id. */
  readonly gitFolders: Map<string, JsonObject>;
  readonly clusters: Map<string, JsonObject>;
  readonly warehouses: Map<string, JsonObject>;
  /** Answers of GET pipelines/ID. */
  readonly pipelines: Map<string, JsonObject>;
  readonly dashboards: Map<string, Dashboard>;
  readonly policies: Map<string, JsonObject>;
  readonly pools: Map<string, JsonObject>;
  /** Known by name only, as their lists answer them; service principals by their application id. */
  readonly queries: Map<string, JsonObject>;
  readonly alerts: Map<string, JsonObject>;
  readonly olderDashboards: Map<string, JsonObject>;
  readonly destinations: Map<string, JsonObject>;
  readonly principals: Map<string, JsonObject>;
  /** By application id: the users and groups with the role servicePrincipal.user. */
  readonly principalUsers: Map<string, readonly string[]>;
  /** By application id: the users and groups with the role servicePrincipal.manager, who may read and give the roles on it. */
  readonly principalManagers: Map<string, readonly string[]>;
  /** By name of the endpoint in Lakebase: the password that the database server behind it takes from a user now. */
  readonly lakebase: Map<string, (userName: string) => string>;
  /** Unity Catalog's catalogs by name and schemas by full name: the users and groups that may use them. */
  readonly catalogs: Map<string, readonly string[]>;
  readonly schemas: Map<string, readonly string[]>;
  /** How reads answer what a user may not see: like what isn't there, or 403. Which the real service does is unknown. */
  unreadable: 403 | 404;
  nextId(): string;
  now(): number;
  /** A personal access token of a user (throws for somebody unknown). */
  tokenFor(userName: string): string;
  /** Who a personal access token belongs to. */
  userOfToken(token: string): User | undefined;
  user(userName: string): User | undefined;
}

/** Long enough to be seen running. */
const RUN_MS = 20_000;

/** The group of everybody here but dee. */
const TEAM = 'data-platform';

const USERS: readonly User[] = [
  { userName: 'ana@acme.example', id: '4815162342001', displayName: 'Ana Ruiz', admin: true, groups: [TEAM] },
  { userName: 'ben@acme.example', id: '4815162342002', displayName: 'Ben Okafor', admin: false, groups: [TEAM] },
  { userName: 'cy@acme.example', id: '4815162342003', displayName: 'Cy Lindqvist', admin: false, groups: [TEAM] },
  { userName: 'dee@acme.example', id: '4815162342004', displayName: 'Dee Marsh', admin: false, groups: [] },
];

/** Everybody manages what is in /Shared (facts: databricks#who-may-do-what). */
const SHARED = toGrant({ group_name: 'users', permission_level: 'CAN_MANAGE' });

export function createWorkspaceState(options: {
  clock: () => number;
  users?: readonly User[] | undefined;
  more?: readonly User[] | undefined;
}): Workspace {
  const users = [...(options.users ?? USERS), ...(options.more ?? [])];
  let last = FIRST_ID;
  const nextId = (): string => {
    last += 2n;
    return last.toString();
  };
  const tokens = new Map<string, User>();
  const user = (userName: string): User | undefined => users.find((candidate) => candidate.userName === userName);
  const files = createFiles(options.clock, nextId);
  for (const home of [...users.map(({ userName }) => `/Users/${userName}`), '/Shared', '/Repos']) files.mkdirs(home);

  return {
    name: 'Acme (stand-in workspace)',
    users,
    jobs: new Map(),
    runs: new Map(),
    runMs: RUN_MS,
    files,
    grants: new Map([[`/directories/${files.get('/Shared')?.id}`, [SHARED]]]),
    gitFolders: new Map(),
    clusters: new Map(),
    warehouses: new Map(),
    pipelines: new Map(),
    dashboards: new Map(),
    policies: new Map(),
    pools: new Map(),
    queries: new Map(),
    alerts: new Map(),
    olderDashboards: new Map(),
    destinations: new Map(),
    principals: new Map(),
    principalUsers: new Map(),
    principalManagers: new Map(),
    lakebase: new Map(),
    catalogs: new Map(),
    schemas: new Map(),
    unreadable: 404,
    nextId,
    now: options.clock,
    tokenFor(userName) {
      const owner = user(userName);
      if (owner === undefined) throw new Error(`The stand-in workspace has no user ${userName}.`);
      const token = `dapi${randomBytes(16).toString('hex')}`;
      tokens.set(token, owner);
      return token;
    },
    userOfToken: (token) => tokens.get(token),
    user,
  };
}
