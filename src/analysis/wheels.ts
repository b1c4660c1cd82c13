// What wheels do that a job brings along: of each the modules that its programs and the job's own sources get to, by their imports.

import type { WheelProgram } from '../bundle/model/wheel-uses.ts';
import { type Analysis, type Analyze, analyze as analyzeHere } from './analyze.ts';
import type { Dependency } from './dependencies.ts';
import { LIMITS } from './source/limits.ts';
import { openWheel } from './source/wheel.ts';

interface File {
  readonly path: string;
  readonly bytes: Uint8Array;
}

interface WheelStart {
  /** What is run of them. */
  readonly programs: readonly WheelProgram[];
  /** What the job's other sources need. */
  readonly dependencies: readonly Dependency[];
  /** Says what a module does; left out: `analyze` itself does. */
  readonly analyze?: Analyze | undefined;
}

/** `file`: the wheel; `path` in the analysis: the wheel's with the module's behind it. */
interface WheelAnalysis<F extends File> {
  readonly file: F;
  readonly analysis: Analysis;
}

/** Which function of a module runs nobody follows, as in any other source. */
export async function analyzeWheels<F extends File>(
  files: readonly F[],
  { programs, dependencies, analyze = analyzeHere }: WheelStart,
): Promise<WheelAnalysis<F>[]> {
  const found: WheelAnalysis<F>[] = [];
  const wanted = dependencies.flatMap((one) => modulesOf(one, ''));
  for (const file of files.filter(({ path }) => path.endsWith('.whl'))) {
    const wheel = openWheel(file.bytes);
    if (wheel === undefined) continue;
    const declared = wheel.programs();
    // Without such a program Databricks calls the package's own function (facts: databricks#job-definitions).
    const started = programs.map(({ packageName, entryPoint }) => declared.get(entryPoint) ?? packageName.replaceAll('-', '_'));
    const queue = [...started, ...wanted].flatMap(withPackages);
    const seen = new Set<string>();
    while (queue.length > 0 && seen.size < LIMITS.wheelModules) {
      const path = wheel.pathOf(queue.shift() ?? '');
      const bytes = path === undefined || seen.has(path) ? undefined : wheel.read(path);
      if (path === undefined || bytes === undefined) continue;
      seen.add(path);
      const analysis = await analyze({ path: `${file.path}/${path}`, kind: 'file', bytes });
      found.push({ file, analysis });
      const inPackage = path.replace(/\/?[^/]*$/, '').replaceAll('/', '.');
      queue.push(...analysis.dependencies.flatMap((one) => modulesOf(one, inPackage)).flatMap(withPackages));
    }
  }
  return found;
}

/** What is taken from a module may be one itself. */
function modulesOf(dependency: Dependency, inPackage: string): string[] {
  if (dependency.kind !== 'import') return [];
  const { module, level, names } = dependency;
  const parents = inPackage.split('.').slice(0, level === 0 ? 0 : inPackage.split('.').length - level + 1);
  const base = [...parents, module].filter((part) => part !== '').join('.');
  return [base, ...names.map((name) => `${base}.${name}`)];
}

/** A module's packages run before it. */
function withPackages(module: string): string[] {
  const parts = module.split('.');
  return parts.map((_, i) => parts.slice(0, i + 1).join('.'));
}
