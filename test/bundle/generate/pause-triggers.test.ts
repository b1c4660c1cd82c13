// Triggers in a list, each paused in a copy: what a target says of a list is put behind it, so a variable does it.
import { expect, test } from 'vitest';
import { generateBundle } from '../../../src/bundle/generate/generate.ts';
import { compare } from '../../../src/bundle/proof/compare.ts';
import { resolveBundle } from '../../../src/bundle/proof/resolve-offline.ts';
import { HOST, job, textOf } from '../fixtures.ts';

test('each trigger of a list is paused in a copy, by one variable, and runs in production as it did', () => {
  const cron = { quartz_cron_expression: '0 0 6 * * ?', timezone_id: 'UTC' };
  const triggers = [{ schedule: cron, pause_status: 'UNPAUSED' }, { schedule: cron, pause_status: 'PAUSED' }, { schedule: cron }];
  const definition = { ...job({ name: 'Often', queue: { enabled: true }, triggers, tasks: [] }), grants: [] };
  const targets = [{ name: 'qa', environment: 'production' as const }];
  const bundle = generateBundle({ definition, sources: [], host: HOST, options: { targets, adoption: { qa: 'beside' } } });
  const resolved = (target: string) => resolveBundle(bundle.files, target, { userName: 'ana@acme.example' });
  const pauses = (target: string) => JSON.stringify(resolved(target).resources).match(/(?<="pause_status":")\w+/g);
  expect(pauses('prod')).toEqual(['UNPAUSED', 'PAUSED', 'UNPAUSED']);
  for (const target of ['dev', 'qa']) expect(pauses(target)).toEqual(['PAUSED', 'PAUSED', 'PAUSED']);
  for (const target of ['dev', 'prod', 'qa']) {
    const proof = compare({ definition, bundle, target, judge: 'CLI', resolved: resolved(target) });
    expect([proof.counts.lost, proof.entries.filter(({ verdict }) => verdict === 'added').map(({ place }) => place)]).toEqual([
      0,
      target === 'prod' ? ['triggers[2].pause_status'] : [],
    ]);
  }
  expect(textOf(bundle, 'README.md')).toContain('| `triggers_pause_status` | UNPAUSED | `PAUSED` |');
  expect(textOf(bundle, 'README.md')).not.toContain('schemas of its own');
  // Development mode pauses the other forms, and a list of which nothing runs needs no variable.
  const still = generateBundle({ definition: job({ name: 'Often', triggers: triggers.slice(1, 2), tasks: [] }), sources: [], host: HOST });
  expect(still.variables).toEqual([]);
});
