// Lakebase's passwords, which last an hour: fetched as the app itself when somebody connects, and anew when the server refused one.
import { Client } from 'pg';
import { codeOf } from '../../values/errors.ts';
import type { Logger } from '../../values/log.ts';

/** The app's own identity and where its database is. */
export interface LakebaseLogin {
  /** `projects/<id>/branches/<id>/endpoints/<id>`. */
  readonly endpoint: string;
  /** The workspace, with its scheme. */
  readonly host: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Told when a login has ended. */
type Done = (error: Error | null) => void;

/** SQLSTATE of a refused password. */
const INVALID_PASSWORD = '28P01';
/** In its place where there was no password to log in with, for now; and where the workspace says that there is none for this app. */
export const NO_PASSWORD = 'NO_PASSWORD';
export const PASSWORD_DENIED = 'PASSWORD_DENIED';

/**
 * The options of a pg.Pool, or of pg-boss, that log in with such passwords. The library keeps one for its hour and hands it out again after
 * the server has refused it, so a refusal makes its callback anew (facts: databricks#lakebase-and-postgres).
 */
export async function lakebasePasswords({ endpoint, ...identity }: LakebaseLogin, user: string, log: Logger) {
  // Imported here: it loads Databricks' whole SDK, which takes 0.4 s, and few programs keep their rows in Lakebase.
  const [{ getLakebasePgConfig }, { WorkspaceClient }] = await Promise.all([
    import('@databricks/lakebase'),
    import('@databricks/sdk-experimental'),
  ]);
  // skipVerify: left out, the SDK does not verify TLS (facts: libraries#databricks-sdk). No loaders: nothing else may say who is asking.
  const workspaceClient = new WorkspaceClient({ ...identity, authType: 'oauth-m2m', skipVerify: false, loaders: [] });
  const nothing = () => undefined;
  // The message alone: what comes with it may quote the sign-in.
  const logger = { debug: nothing, info: nothing, warn: nothing, error: () => log.warn({ endpoint }, 'Lakebase gave no password') };
  const fresh = () => {
    const config = getLakebasePgConfig({ workspaceClient, endpoint, user, host: '-', database: '-' }, undefined, logger);
    return config.password as () => Promise<string>;
  };
  let password = fresh();

  /** What pools make their clients of, and connect with a callback: within it they begin to listen for errors, so it can't come any later. */
  class LoginClient extends Client {
    override connect(): Promise<Client>;
    override connect(done: Done): void;
    override connect(done?: Done) {
      if (done === undefined) return super.connect();
      super.connect((error: Error | null) => {
        if (isPasswordRefused(error)) password = fresh();
        done(error);
      });
    }
  }
  return { password: () => password().catch(noPassword), Client: LoginClient };
}

/** With the code of the workspace's answer alone: the message may quote the sign-in. */
function noPassword(error: unknown): never {
  const said = error instanceof Error && 'errorCode' in error ? error.errorCode : 'no answer, or the app could not sign in';
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 0;
  const isFinal = status >= 400 && status < 500 && ![408, 429].includes(status);
  throw Object.assign(new Error(`Lakebase gave no password (${said})`), { code: isFinal ? PASSWORD_DENIED : NO_PASSWORD });
}

/** Whether the server refused the password. */
export function isPasswordRefused(error: unknown): boolean {
  return codeOf(error) === INVALID_PASSWORD;
}
