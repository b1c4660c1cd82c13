// Which dashboards of a development copy go on to show production's tables, where the copy writes its own.
import { datasetsIn } from '../../analysis/dashboard-datasets.ts';
import type { BundleFile } from '../../bundle/model/bundle.ts';
import { type JsonObject, objectOf } from '../../values/json.ts';
import { textOf } from '../../values/text.ts';
import { baseName } from '../../values/workspace-path.ts';
import { apart } from '../../worker/apart.ts';
import { code, listed } from '../policy/phrases.ts';
import type { Finding } from '../policy/release-diff.ts';

/** Datasets that are looked at, of all dashboards together: each is parsed; our choice. */
const MOST_DATASETS = 100;

/** `moved`: the names in production, in small letters, of what a run of the copy writes elsewhere. */
export async function dashboardsOfCopy(files: readonly BundleFile[], resolved: JsonObject, moved: ReadonlySet<string>): Promise<Finding[]> {
  if (moved.size === 0) return [];
  let left = MOST_DATASETS;
  const findings: Finding[] = [];
  for (const dashboard of Object.values(objectOf(objectOf(resolved.resources).dashboards)).map(objectOf)) {
    const path = textOf(dashboard.file_path) ?? '';
    const file = fileAt(files, path);
    const datasets = file === undefined ? [] : datasetsIn(new TextDecoder().decode(file.bytes));
    const shown = new Set<string>();
    for (const { query, ...place } of datasets.slice(0, left)) {
      left -= 1;
      const [catalog, schema] = [textOf(dashboard.dataset_catalog) ?? place.catalog, textOf(dashboard.dataset_schema) ?? place.schema];
      const { named } = await apart.analyze({ path: 'dataset.sql', kind: 'file', bytes: Buffer.from(query) });
      for (const { parts } of named) {
        const name = [catalog ?? '', schema ?? '']
          .slice(0, 3 - parts.length)
          .concat(parts)
          .join('.');
        if (moved.has(name.toLowerCase())) shown.add(name);
      }
    }
    if (shown.size === 0) continue;
    const text = `The copy of dashboard ${code(textOf(dashboard.display_name) ?? baseName(path))} shows production's ${listed([...shown].sort().map(code))}, not what this copy writes.`;
    findings.push({ rule: 'dashboards', weight: 'note', text });
  }
  return findings;
}

/** The CLI says where a file is as seen from some folder; of two files of one name only the rest of the path tells. */
function fileAt(files: readonly BundleFile[], path: string): BundleFile | undefined {
  const [only, ...others] = files.filter((one) => baseName(one.path) === baseName(path));
  return others.length === 0 ? only : files.find((one) => `/${path}`.endsWith(`/${one.path}`));
}
