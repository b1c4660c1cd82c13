// Packs a folder of Python sources into a wheel that pip installs; the same sources give the same bytes.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, sep } from 'node:path';
import { zipSync } from 'fflate';

/** The first moment that a zip can say. */
const MOMENT = new Date(1980, 0, 1);

/** A wheel for pure Python (PEP 427) of a folder called NAME-VERSION; an `entry_points.txt` in it belongs to the wheel, the rest to the package. */
export function packWheel(folder: string): { readonly name: string; readonly bytes: Uint8Array } {
  const label = basename(folder);
  const [name = '', version = ''] = label.split('-');
  const info = `${label}.dist-info`;
  const found = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .split(sep)
        .join('/'),
    );
  const files = new Map(
    found
      .sort()
      .map((path): [string, Uint8Array] => [path === 'entry_points.txt' ? `${info}/${path}` : path, readFileSync(join(folder, path))]),
  );
  files.set(`${info}/METADATA`, Buffer.from(`Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`));
  files.set(`${info}/WHEEL`, Buffer.from('Wheel-Version: 1.0\nGenerator: dab-bot\nRoot-Is-Purelib: true\nTag: py3-none-any\n'));
  const rows = [...files].map(
    ([path, bytes]) => `${path},sha256=${createHash('sha256').update(bytes).digest('base64url')},${bytes.length}`,
  );
  files.set(`${info}/RECORD`, Buffer.from(`${[...rows, `${info}/RECORD,,`].join('\n')}\n`));
  return { name: `${label}-py3-none-any.whl`, bytes: zipSync(Object.fromEntries(files), { mtime: MOMENT }) };
}
