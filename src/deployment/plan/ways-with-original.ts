// What may become of the original when production is deployed for the first time: the way of this version, and the others that fit.
import type { Adoption, Bundle } from '../../bundle/model/bundle.ts';
import type { Me } from '../../databricks/api/me.ts';
import { mayManage } from '../../databricks/read/access.ts';
import type { Release } from '../policy/release-diff.ts';
import { startsByItself } from '../policy/rules-of-running.ts';
import type { ReadsOriginals } from './originals-to-adopt.ts';

interface Choice {
  readonly bundle: Pick<Bundle, 'adoption' | 'resources'>;
  readonly target: string;
  readonly me: Me;
}

/** Undefined where there is no original, or none that this person can see. */
export async function waysWithOriginal(
  workspace: ReadsOriginals,
  { bundle, target, me }: Choice,
  signal?: AbortSignal,
): Promise<Release['original']> {
  const originals = bundle.resources.flatMap(({ type, id }) => (id === undefined || id === '' ? [] : [{ type, id }]));
  const [main] = originals;
  const way = bundle.adoption[target];
  if (main?.type !== 'jobs' || way === undefined || way === 'copy') return undefined;
  const answers = await Promise.all(originals.map((original) => mayManage(workspace, me, original, signal)));
  const manages = answers.every(({ able }) => able);
  const { settings, deploymentKind } = await workspace.getJob(main.id, signal);
  // What another bundle or target has deployed is its own: paused here, its next deployment would unpause it.
  const free = manages && deploymentKind !== 'BUNDLE';
  const fits: readonly (readonly [Adoption, boolean])[] = [
    ['bind', free],
    ['replace', free && startsByItself(settings)],
    ['beside', true],
  ];
  return { id: main.id, way, ways: fits.flatMap(([one, fit]) => (fit && one !== way ? [one] : [])) };
}
