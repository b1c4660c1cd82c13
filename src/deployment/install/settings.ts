// The few settings of finding the CLI, read from an environment that is handed in.
import { homedir } from 'node:os';
import { join } from 'node:path';

export interface CliSettings {
  /** DATABRICKS_CLI_PATH */
  readonly cliPath?: string;
  /** DAB_CACHE_DIR, default `~/.cache/dab-bot`. */
  readonly cacheDir: string;
  readonly path: string;
  readonly home: string;
  /** What a Go build needs of the environment; no secrets. */
  readonly goEnv: Readonly<Record<string, string>>;
  /** The folder with the go.mod and go.sum of the pinned CLI; not there in an installation without test/. */
  readonly goModDir: string;
}

/** Variables that decide where Go fetches modules and keeps its caches. */
const GO_VARIABLES =
  /^(GO(PROXY|PRIVATE|NOPROXY|SUMDB|NOSUMDB|NOSUMCHECK|INSECURE|FLAGS|PATH|ROOT|CACHE|MODCACHE|TMPDIR|AUTH|VCS)|HOME|XDG_CACHE_HOME|HTTPS?_PROXY|NO_PROXY|SSL_CERT_(FILE|DIR)|TMPDIR)$/i;

/** Reads the settings of setup:cli. `env` is the environment; an empty variable counts as unset. */
export function cliSettings(env: NodeJS.ProcessEnv): CliSettings {
  const home = env.HOME || homedir();
  const kept = Object.entries(env).flatMap(([name, value]) =>
    GO_VARIABLES.test(name) && value !== undefined ? [[name, value] as const] : [],
  );
  return {
    ...(env.DATABRICKS_CLI_PATH ? { cliPath: env.DATABRICKS_CLI_PATH } : {}),
    cacheDir: env.DAB_CACHE_DIR || join(home, '.cache', 'dab-bot'),
    path: env.PATH ?? '',
    home,
    goEnv: { HOME: home, ...Object.fromEntries(kept) },
    goModDir: GO_MOD_DIR,
  };
}

/** Beside src/ and dist/ alike. */
export const GO_MOD_DIR = join(import.meta.dirname, '..', '..', '..', 'test', 'databricks-cli');
