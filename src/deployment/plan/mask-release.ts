// Masks the secrets in a release: what runs now may hold one that the bundle has long replaced.
import { findSecrets } from '../../analysis/secrets/find.ts';
import { calledIn, type TreeWithSecrets } from '../../bundle/secrets/called-secrets.ts';
import { createMask } from '../../bundle/secrets/mask-secrets.ts';
import type { Release } from '../policy/release-diff.ts';

/**
 * The release with a mask for every hard-coded secret that the scanner finds in its values, by their shapes and by the names of their
 * settings, and for what was called one in the bundle.
 */
export async function maskRelease(release: Release, bundle: TreeWithSecrets): Promise<Release> {
  const lines = release.resources.flatMap(({ settings }) =>
    settings.flatMap(({ path, was, is }) => [was, is].flatMap((value) => (value === undefined ? [] : [`${nameOf(path)}: ${value}`]))),
  );
  const files = [{ path: 'release.yml', bytes: new TextEncoder().encode(lines.join('\n')) }];
  const { mask } = createMask({ files, secrets: await findSecrets(files), called: calledIn(bundle) });
  const hide = (value: string | undefined) => (value === undefined ? undefined : mask(value));
  return {
    ...release,
    resources: release.resources.map((resource) => ({
      ...resource,
      settings: resource.settings.map((setting) => ({ ...setting, was: hide(setting.was), is: hide(setting.is) })),
    })),
    findings: release.findings.map((finding) => ({ ...finding, text: mask(finding.text) })),
  };
}

/** What a setting is called: the last key of its path, such as `password` of `tasks[load].notebook_task.base_parameters["password"]`. */
function nameOf(path: string): string {
  return (
    /(?:\["([^"]*)"\]|([\w-]+))(?:\[\d+\])?$/
      .exec(path)
      ?.slice(1)
      .find((name) => name !== undefined) ?? 'value'
  );
}
