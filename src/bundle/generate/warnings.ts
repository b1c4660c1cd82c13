// What people should know about a conversion though the bundle can be deployed: left out, unknown, owned elsewhere.
import { isObject, type JsonObject } from '../../values/json.ts';
import { createClassify, firstUnknown } from '../currency/classify.ts';
import type { Adoption, Diagnostic } from '../model/bundle.ts';
import { pathField } from '../model/path-and-id-fields.ts';
import { furtherPaths, isLocalDependency, pipPath } from '../model/pip-line.ts';
import type { KeyedResource } from '../model/resources.ts';
import { PIPELINE_SERVER_ONLY, SERVER_ONLY } from '../model/server-only-fields.ts';
import { quoted } from '../model/text.ts';
import type { TargetWish } from './targets.ts';

const classify = createClassify(undefined);

/** Settings that the newest bundles can't say, each told once by the first field on its way that is not known. */
function unknownFields({ type, prefix, leaves }: KeyedResource): Diagnostic[] {
  const serverOnly = type === 'pipelines' ? PIPELINE_SERVER_ONLY : SERVER_ONLY;
  const found = new Map<string, Diagnostic>();
  for (const leaf of leaves.values()) {
    const unknown = serverOnly.has(leaf.fields[0] ?? '') ? undefined : firstUnknown(classify, type, leaf);
    if (unknown === undefined) continue;
    const message = `${unknown.way.at(-1)} is ${unknown.why}; the bundle has it as it was`;
    const key = unknown.way.join('.');
    if (!found.has(key)) found.set(key, { level: 'note', place: `${prefix}${leaf.place}`, message });
  }
  return [...found.values()];
}

function ofJob({ prefix, value }: KeyedResource): Diagnostic[] {
  const message = 'the job is in the older form for a single task; its settings are now those of one task in a list';
  return value.format === 'SINGLE_TASK' ? [{ level: 'note', place: `${prefix}format`, message }] : [];
}

interface Copies {
  readonly targets: readonly TargetWish[];
  readonly adoption: Readonly<Record<string, Adoption>>;
  /** The variable by the place of the value that it stands for. */
  readonly byPlace: ReadonlyMap<string, string>;
  /** Values that variables have in a development target instead of their own. */
  readonly own: (target: string) => Readonly<Record<string, string>>;
}

function ofPipeline({ prefix, value, key, id }: KeyedResource, { targets, adoption, byPlace, own }: Copies): Diagnostic[] {
  const found: Diagnostic[] = [];
  if (value.development === true) {
    const message = `${key} is in development mode; the CLI refuses that in production, so only targets for development have it`;
    found.push({ level: 'warning', place: `${prefix}development`, message });
  }
  const at = ['schema', 'target'].find((field) => value[field] !== undefined) ?? 'name';
  const schema = byPlace.get(`${prefix}${at}`) ?? '';
  const writesThere = targets.some(
    ({ name, environment }) => adoption[name] !== 'bind' && (environment === 'production' || own(name)[schema] === undefined),
  );
  if (id === '' || !writesThere) return found;
  const message = `the tables of ${key} belong to the original: a copy must write to another catalog or schema`;
  return [...found, { level: 'note', place: `${prefix}${at}`, message }];
}

/** Jars and environment files that are relative paths, which packages and ids beside them are not. */
const RELATIVE: Readonly<Record<string, RegExp>> = {
  java_dependencies: /^\.|^(?![/]|\w+:).*\.jar$/i,
  base_environment: /^\.|^(?![/]|\w+:).*\.ya?ml$/i,
};

/** What an environment names in a way that the bundle can't follow; what the CLI refuses of it is told elsewhere. */
function environmentPaths({ type, prefix, value, leaves }: KeyedResource): Diagnostic[] {
  const git = isObject(value.git_source);
  return [...leaves.values()].flatMap((leaf): Diagnostic[] => {
    const { value: text, fields, place } = leaf;
    if (typeof text !== 'string') return [];
    const warning = (message: string): Diagnostic => ({ level: 'warning', place: `${prefix}${place}`, message });
    const line = pathField(type, leaf)?.form === 'dependency';
    const path = line ? pipPath(text)?.path : fields[0] === 'environments' && RELATIVE[fields.at(-1) ?? '']?.test(text) ? text : undefined;
    if (path === undefined) return [];
    const more = line ? furtherPaths(text).filter((one) => !git || one.startsWith('/')) : [];
    const found = more.map((one) => warning(`names ${quoted(one)} as well, of which the bundle has no copy; give it a line of its own`));
    if (!git && !path.startsWith('/') && !(line && isLocalDependency(text, false)))
      found.unshift(
        warning(`names ${quoted(path)} by a relative path, so the bundle has no copy of it; write its whole path in the workspace`),
      );
    return found;
  });
}

/** Remarks about one resource. */
export function warningsAbout(resource: KeyedResource, copies: Copies): Diagnostic[] {
  const { type, prefix, value, grants, key } = resource;
  const found = type === 'jobs' ? ofJob(resource) : type === 'pipelines' ? ofPipeline(resource, copies) : [];
  found.push(...unknownFields(resource), ...environmentPaths(resource));
  if (isBundleOwned(value)) {
    const message = `${prefix === '' ? 'the job' : key} is already deployed by a bundle; a second one would compete with it`;
    found.unshift({ level: 'warning', place: `${prefix}deployment`, message });
  }
  if (grants === undefined) {
    const message = `who may do what with ${prefix === '' ? 'the job' : key} could not be read, so the bundle grants nothing`;
    found.push({ level: 'warning', place: `${prefix}permissions`, message });
  }
  return found;
}

function isBundleOwned({ deployment }: JsonObject): boolean {
  return isObject(deployment) && deployment.kind === 'BUNDLE';
}

/** A development target that takes the original over. */
export function devAdopts(target: string): Diagnostic {
  const message = 'takes the original over in development mode, which renames and pauses it';
  return { level: 'warning', place: `target ${target}`, message };
}
