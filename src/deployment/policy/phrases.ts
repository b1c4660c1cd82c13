// How things are called in sentences for people: kinds of resources, settings by what they belong to, identifiers in code style.

/** Foreign text as code: on one line, with nothing in it that ends the code, and short. */
export function code(text: string): string {
  const plain = text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').replaceAll('`', "'");
  return `\`${plain.length <= 120 ? plain : `${plain.slice(0, 119)}…`}\``;
}

/** `jobs` as `job`, `secret_scopes` as `secret scope`. */
export function kindOf(type: string): string {
  return type.replace(/ies$/, 'y').replace(/s$/, '').replaceAll('_', ' ');
}

/** `1 setting`, `2 settings`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** The first few, and how many more. */
export function listed(all: readonly string[], most = 3): string {
  const shown = all.slice(0, most);
  if (all.length > most) return `${shown.join(', ')} and ${all.length - most} more`;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

/** What the parts of a resource are called that have names of their own. */
const PARTS: Readonly<Record<string, string>> = {
  tasks: 'task',
  job_clusters: 'cluster',
  clusters: 'cluster',
  environments: 'environment',
  parameters: 'parameter',
};

/** A setting such as `tasks[load].max_retries` in words: `` `max_retries` of task `load` ``. */
export function settingWords(path: string): string {
  const grant = /^permissions\[(\w+)=(.*)\]/.exec(path);
  if (grant !== null) return `what ${principalWords(grant[1] ?? '', grant[2] ?? '')} may do`;
  const [, list = '', name = '', rest = ''] = /^(\w+)\["?([^\]"]*)"?\](.*)$/.exec(path) ?? [];
  const part = PARTS[list];
  if (part === undefined) return code(lastName(path));
  return rest === '' ? `${part} ${code(name)}` : `${code(lastName(rest))} of ${part} ${code(name)}`;
}

function lastName(path: string): string {
  const [, key = path] = /(?:^|[.\]])(\w+(?:\["[^"]*"\]|\[\d+\])?)$/.exec(path) ?? [];
  return key.replace(/\[\d+\]$/, '').replace(/^\w+\["(.*)"\]$/, '$1');
}

/** `group_name` and `users` as `` group `users` ``. */
export function principalWords(kind: string, name: string): string {
  return `${kind.replace(/_name$/, '').replaceAll('_', ' ')} ${code(name)}`;
}
