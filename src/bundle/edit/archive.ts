// The archive of a bundle: a zip whose bytes depend on the files alone.
import { type Zippable, zipSync } from 'fflate';
import type { Bundle, BundleFile } from '../model/bundle.ts';
import { safeComponent } from '../model/safe-names.ts';
import type { TreeWithSecrets } from '../secrets/called-secrets.ts';
import { createMask } from '../secrets/mask-secrets.ts';
import { renderMaskedSection } from './masked-section.ts';

type NamedTree = TreeWithSecrets & Pick<Bundle, 'name'>;

/** Its name in every bundle; of one that somebody took it out of it is made again. */
const README = 'README.md';

/** Fixed, because other levels give other bytes. */
const LEVEL = 9;

/**
 * Packs a bundle and further files (a proof, say) into a zip, below a folder that is called like the bundle, hard-coded secrets masked
 * and README.md saying so. Sorted, one timestamp, so the same files give the same bytes in any order.
 */
export function archive(bundle: NamedTree, more: readonly BundleFile[] = []): Uint8Array {
  const files = masked(bundle, more);
  const sorted = files.sort((a, b) => (a.path < b.path ? -1 : 1));
  // The earliest time zips know; in local time because that is what they store: the same bytes in every time zone (facts: libraries#yaml-and-zip).
  const mtime = new Date(1980, 0, 1);
  // A name that somebody has written must not lead out of where the zip is unpacked.
  const folder = safeComponent(bundle.name.replace(/[/\\]/g, '_'));
  const entries: Zippable = Object.create(null);
  // os 3 is Unix; 0644 in the upper half of the attributes, or unpacked files would have no rights at all.
  for (const { path, bytes } of sorted) entries[`${folder}/${path}`] = [bytes, { mtime, level: LEVEL, os: 3, attrs: 0o100644 << 16 }];
  return zipSync(entries);
}

function masked(bundle: TreeWithSecrets, more: readonly BundleFile[]): BundleFile[] {
  const mask = createMask(bundle);
  const section = renderMaskedSection(bundle.files, mask);
  const files = [...bundle.files, ...more].map((file) =>
    mask.spans(file).length === 0 ? file : { path: file.path, bytes: mask.bytes(file) },
  );
  if (section === '') return files;
  const readme = files.find(({ path }) => path === README);
  const before = readme === undefined ? '' : `${new TextDecoder().decode(readme.bytes).trimEnd()}\n\n`;
  return [...files.filter((file) => file !== readme), { path: README, bytes: new TextEncoder().encode(before + section) }];
}
