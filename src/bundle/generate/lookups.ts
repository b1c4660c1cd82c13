// What becomes of the ids in a definition: references to resources of the bundle, variables that look a name up, or themselves.
import type { Diagnostic, LookupKind, LookupName, ResourceType } from '../model/bundle.ts';
import { type IdReference, idsOf } from '../model/id-references.ts';
import type { KeyedResource } from '../model/resources.ts';
import { freeName, variableName } from '../model/safe-names.ts';
import { quoted } from '../model/text.ts';
import type { Variable } from './variables.ts';

const TYPE_OF: Partial<Readonly<Record<LookupKind, ResourceType>>> = { job: 'jobs', pipeline: 'pipelines', dashboard: 'dashboards' };
/** What a kind is called in words. */
const wordsFor = (kind: LookupKind) => (kind === 'warehouse' ? 'SQL warehouse' : kind.replaceAll('_', ' '));

interface Lookups {
  /** What stands at a place instead of the id. */
  readonly byPlace: ReadonlyMap<string, string>;
  readonly variables: readonly Variable[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Whether the CLI finds a thing by this name (its bundle/config/variable/resolve_*.go): compared as a whole, but put in a filter in one
 * case (facts: bundles#variables-and-lookups).
 */
function canBeLookedUp(kind: LookupKind, name: string): boolean {
  if (name.trim() === '' || name.includes('${') || /\p{Cc}/u.test(name)) return false;
  return kind !== 'service_principal' || !/['\\]/.test(name);
}

/** Which jobs may point to which: an edge that would close a circle can't be a reference, because the CLI deploys in order. */
function createAcyclicGraph() {
  const edges = new Map<string, Set<string>>();
  const reaches = (from: string, to: string, seen = new Set<string>()): boolean => {
    if (from === to) return true;
    if (seen.has(from)) return false;
    seen.add(from);
    return [...(edges.get(from) ?? [])].some((next) => reaches(next, to, seen));
  };
  return (from: string, to: string): boolean => {
    if (reaches(to, from)) return false;
    edges.set(from, (edges.get(from) ?? new Set<string>()).add(to));
    return true;
  };
}

/** Decides for every id in the resources. `taken` are names of variables that exist already. */
export function chooseLookups(resources: readonly KeyedResource[], lookups: readonly LookupName[], taken: ReadonlySet<string>): Lookups {
  const ours = new Map(resources.filter(({ id }) => id !== '').map((resource) => [`${resource.type}:${resource.id}`, resource]));
  const names = new Map<string, string>();
  for (const { kind, id, name } of lookups) {
    const known = names.get(`${kind}:${id}`);
    if (known === undefined || name < known) names.set(`${kind}:${id}`, name);
  }
  const mayPoint = createAcyclicGraph();
  const byPlace = new Map<string, string>();
  const variables = new Map<string, Variable>();
  const left = new Map<string, { reference: IdReference; name: string | undefined; places: number }>();
  const diagnostics: Diagnostic[] = [];

  const variableFor = ({ kind, id, place }: IdReference, name: string): Variable => {
    const known = variables.get(`${kind}:${id}`);
    if (known !== undefined) return known;
    const base = kind === 'service_principal' ? kind : `${kind}_id`;
    const task = place.match(/tasks\[(.*?)\]/)?.[1];
    const isTaken = (candidate: string) => taken.has(candidate) || [...variables.values()].some((one) => one.name === candidate);
    const wanted = kind === 'job' || kind === 'pipeline' ? `${variableName(task ?? name)}_${base}` : base;
    const free = isTaken(wanted) ? freeName(variableName(`${base}_${name}`), isTaken) : wanted;
    return { name: free, value: name, lookup: kind, description: `The ${wordsFor(kind)} called ${name}` };
  };

  for (const resource of resources) {
    for (const reference of idsOf(resource, resource.leaves)) {
      const { kind, id, place, workspaceId } = reference;
      const type = TYPE_OF[kind];
      const name = names.get(`${kind}:${id}`);
      // What is in a workspace by name is looked up where that is this one.
      const isHere = workspaceId === undefined || name !== undefined;
      const target = type === undefined || !isHere ? undefined : ours.get(`${type}:${id}`);
      if (target !== undefined) {
        if (kind !== 'job' || mayPoint(resource.key, target.key)) byPlace.set(place, `\${resources.${target.type}.${target.key}.id}`);
        else diagnostics.push({ level: 'warning', place, message: circleMessage(resource, target, reference) });
        continue;
      }
      if (name !== undefined && canBeLookedUp(kind, name)) {
        const variable = variableFor(reference, name);
        variables.set(`${kind}:${id}`, variable);
        byPlace.set(place, `\${var.${variable.name}}`);
      } else {
        const known = left.get(`${kind}:${id}`);
        left.set(`${kind}:${id}`, { reference: known?.reference ?? reference, name, places: (known?.places ?? 0) + 1 });
      }
    }
  }
  for (const { reference, name, places } of left.values()) diagnostics.push(leftNote(reference, name, places));
  return { byPlace, variables: [...variables.values()], diagnostics };
}

/** A lookup would not do either: once a copy is deployed, two jobs have the name. */
function circleMessage(from: KeyedResource, to: KeyedResource, { awaited }: IdReference): string {
  const what =
    from.key === to.key ? `the job ${awaited === true ? 'waits for' : 'runs'} itself` : `it leads back to this job through ${to.key}`;
  return `${what}, and the resources of a bundle can't point to each other in a circle; the id of the original stays`;
}

function leftNote({ kind, id, place, workspaceId }: IdReference, name: string | undefined, places: number): Diagnostic {
  const why = name === undefined ? 'whose name is not known' : `called ${quoted(name)}, which can't be looked up`;
  const where = workspaceId === undefined ? '' : ` in workspace ${quoted(workspaceId)}`;
  const more = places === 1 ? '' : ` (${places} places)`;
  return {
    level: 'note',
    place,
    message: `${quoted(id)} is the id of ${kind === 'alert' || kind === 'instance_pool' ? 'an' : 'a'} ${wordsFor(kind)}${where} ${why}, so it stays as it is${more}`,
  };
}
