// What pauses jobs in a target whose triggers stand in lists: what a target says of a list is put behind it, so a variable in it differs.
import { isObject, itemsIn, objectOf } from '../../values/json.ts';
import type { Bundle } from '../model/bundle.ts';
import { freeName } from '../model/safe-names.ts';
import type { YamlChange } from '../yaml/change-yaml.ts';
import { configurationOf } from '../yaml/describe-tree.ts';

/** The changes by the file that they are made in; `home` is where the target stands. */
export function pauseLists(bundle: Bundle, target: string, home: string): Map<string, YamlChange[]> {
  const parts = configurationOf(bundle.files);
  const wanted = new Map<string, YamlChange[]>();
  const change = (path: string, at: readonly string[], value: string) => wanted.set(path, [...(wanted.get(path) ?? []), { at, value }]);
  const name = freeName('triggers_pause_status', (one) =>
    bundle.variables.some((known) => known.name === one && known.value !== 'UNPAUSED'),
  );
  const used = new Set<string>();
  for (const { path, value } of parts) {
    for (const [key, job] of Object.entries(objectOf(objectOf(value.resources).jobs))) {
      itemsIn(objectOf(job).triggers).forEach((trigger, i) => {
        if (!isObject(trigger) || trigger.pause_status === 'PAUSED') return;
        const known = /^\$\{var\.([\w-]+)\}$/.exec(String(trigger.pause_status))?.[1];
        used.add(known ?? name);
        if (known === undefined) change(path, ['resources', 'jobs', key, 'triggers', String(i), 'pause_status'], `\${var.${name}}`);
      });
    }
    const own = objectOf(objectOf(objectOf(objectOf(value.targets)[target]).resources).jobs);
    for (const [key, job] of Object.entries(own)) {
      itemsIn(objectOf(job).triggers).forEach((trigger, i) => {
        if (!isObject(trigger) || trigger.pause_status === 'PAUSED') return;
        change(path, ['targets', target, 'resources', 'jobs', key, 'triggers', String(i), 'pause_status'], 'PAUSED');
      });
    }
  }
  if (used.has(name) && !bundle.variables.some((known) => known.name === name)) {
    change(home, ['variables', name, 'description'], 'Whether the triggers run: PAUSED or UNPAUSED');
    change(home, ['variables', name, 'default'], 'UNPAUSED');
  }
  for (const one of used) change(home, ['targets', target, 'variables', one], 'PAUSED');
  return wanted;
}
