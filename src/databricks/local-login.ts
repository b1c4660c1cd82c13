// The sign-in of whoever sits at this machine, from the environment variables or the profile of ~/.databrickscfg that the CLI uses too.
import { Config } from '@databricks/sdk-experimental/dist/config/index.js';
import { UserError } from '../values/errors.ts';

interface LocalLogin {
  /** With https://, without a slash at the end. */
  readonly host: string;
  /** The current token; the SDK refreshes it as this kind of sign-in needs. */
  readonly token: () => Promise<string>;
}

const doing = 'Signing in to Databricks as you';
const next =
  'Set DATABRICKS_HOST and DATABRICKS_TOKEN, or sign in with `databricks auth login` and name the profile in DATABRICKS_CONFIG_PROFILE.';

/** Rejects with UserError where there is no sign-in, or one of a kind that has no bearer token. */
export async function openLocalLogin(env: NodeJS.ProcessEnv): Promise<LocalLogin> {
  // skipVerify: left out, the SDK does not verify TLS (facts: libraries#databricks-sdk).
  const config = new Config({ env, skipVerify: false });
  const token = async () => {
    const headers = new Headers();
    try {
      await config.authenticate(headers);
    } catch (cause) {
      // The SDK's message may quote the configuration, which holds secrets.
      throw new UserError({ doing, problem: 'There is no sign-in here that works.', next }, { cause });
    }
    const bearer = /^Bearer (.+)$/.exec(headers.get('Authorization') ?? '')?.[1];
    if (bearer === undefined) throw new UserError({ doing, problem: 'This kind of sign-in has no token.', next });
    return bearer;
  };
  await token();
  if (config.host === undefined) throw new UserError({ doing, problem: 'No workspace is named.', next });
  return { host: config.host.replace(/\/+$/, ''), token };
}
