// How the Databricks CLI is found or prepared.
import { z } from 'zod';
import { addressOrPath, flag, text } from './value-types.ts';

export const CliVariables = z.object({
  DATABRICKS_CLI_PATH: text
    .optional()
    .meta({ description: 'The CLI to use. Unset: one on `PATH` that is newer than the pinned one, the cache, then `PATH`.' }),
  DAB_CACHE_DIR: text.optional().meta({ description: 'Where a CLI that we prepared is kept.', default: '`~/.cache/dab-bot`' }),
  DAB_CLI_ARCHIVE: addressOrPath.optional().meta({
    description:
      'Where the archive of the pinned CLI is, in place of github.com: an address, or a file below `/Volumes/` or `/Workspace/`, whole or in parts (`.00`, `.01`, …), which the bot or the server of the tools reads as the app itself. `{archive}` stands for the name that the release gives it, `{version}`, `{os}` and `{arch}` for parts of that. Its sum is checked.',
  }),
  PATH: text.optional().meta({ description: 'Searched for a CLI, and for Go where it must be built.' }),
  HOME: text.optional().meta({ description: 'The home folder, which the cache is in.', default: 'the user’s' }),
});

/** For programs that can do without the CLI while it is prepared. */
export const CliSetup = {
  DAB_CLI_SETUP: flag.default(true).meta({ description: '`false`: use a CLI that is here, and neither download nor build one.' }),
};

/** Where Go fetches modules and keeps its caches; handed to a build of the CLI, in capitals or small letters. No secret is among them. */
export const GO_VARIABLES: readonly string[] = [
  ...['GOPROXY', 'GOPRIVATE', 'GONOPROXY', 'GOSUMDB', 'GONOSUMDB', 'GONOSUMCHECK', 'GOINSECURE', 'GOFLAGS', 'GOPATH', 'GOROOT'],
  ...['GOCACHE', 'GOMODCACHE', 'GOTMPDIR', 'GOAUTH', 'GOVCS', 'HOME', 'XDG_CACHE_HOME', 'TMPDIR'],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'SSL_CERT_FILE', 'SSL_CERT_DIR'],
];
