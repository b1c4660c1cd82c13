// The pinned Databricks CLI: its version, where its archives are, and their sums.

/**
 * Version 1.9.0: the newest whose archives have published sums that we could read (the publisher's Homebrew tap, formula for v1.9.0) and
 * that also builds from Go modules with every sum known (test/databricks-cli; facts: cli#versions).
 */
export const RELEASE = {
  version: '1.9.0',
  archive: 'databricks_cli_{version}_{os}_{arch}.zip',
  url: 'https://github.com/databricks/cli/releases/download/v{version}/{archive}',
  /** In hex, of the archive by `<os>_<arch>`. */
  sha256: {
    darwin_amd64: '488f039954fd820bb9ad5fa94cd37a45e08607d3c22b22cfe8aeb982bc1aa063',
    darwin_arm64: '4a955804994764ef68f76563ec4aaf966cf0ab14175d1a10768e41c9be016551',
    linux_amd64: '10938da31db7f89e6e90f6be41d340e3387231e5da5125cfc97ecb8cb66f6394',
    linux_arm64: 'a4fcc3b70ed4b26f0e8064e39287d0692218cf3d2f549042d66d04c9ad2d692a',
  } as Readonly<Record<string, string>>,
};

export type Release = typeof RELEASE;

/** This machine as the archives name it, such as `linux_amd64`. */
export function platformName(platform: string = process.platform, arch: string = process.arch): string {
  return `${platform}_${arch === 'x64' ? 'amd64' : arch}`;
}

export interface Archive {
  /** An address, or a path of a volume or of the workspace. */
  readonly at: string;
  /** What the release calls it. */
  readonly name: string;
  readonly sha256: string;
}

/** A platform's archive, at a place of one's own or where the release has it; undefined where there is none with a known sum. */
export function archiveOf(release: Release, platform: string, at = release.url): Archive | undefined {
  const sha256 = release.sha256[platform];
  if (sha256 === undefined) return undefined;
  const [os = '', arch = ''] = platform.split('_');
  const fill = (text: string) => text.replaceAll('{version}', release.version).replaceAll('{os}', os).replaceAll('{arch}', arch);
  const name = fill(release.archive);
  return { at: fill(at.replaceAll('{archive}', name)), name, sha256 };
}
