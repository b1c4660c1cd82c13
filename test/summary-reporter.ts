// Ends a run with plain words: which files took longest and with what, what was sampled or, loudly, skipped, and the counts on a line of their own.
import type { Reporter, TestModule } from 'vitest/node';
import { SEED, WHOLE } from './sample.ts';

export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string) => tests.filter((test) => test.result().state === state).length;
    // Outside of its tests: it could not be loaded, or left something behind.
    const broken = modules.filter((module) => module.state() === 'failed' && module.children.allTests('failed').next().done);
    const skipped = tests.filter((test) => test.result().state === 'skipped');
    const sampled = !WHOLE && modules.some(({ relativeModuleId }) => relativeModuleId.endsWith('.sweep.test.ts'));
    const lines = [
      ...slowest(modules),
      ...(sampled ? ['', `Sweeps (*.sweep.test.ts) ran samples, chosen by TEST_SEED=${SEED}; npm run test:all runs them whole.`] : []),
      ...(skipped.length > 0 ? ['', `SKIPPED ${skipped.length} TESTS: what they need is not on this machine (see the words above):`] : []),
      ...skipped.map((test) => `  ${test.module.relativeModuleId} > ${test.fullName}`),
      '',
      `${count('passed')} passed, ${count('failed') + broken.length} failed, ${skipped.length} skipped`,
    ];
    process.stdout.write(`${lines.join('\n')}\n`);
  }
}

/** How many files are listed. */
const LISTED = 12;

/** The files that took longest: seconds of CPU, children included, and seconds in which they waited. */
function slowest(modules: readonly TestModule[]): string[] {
  const rows = modules.map((module) => {
    const { collectDuration, duration } = module.diagnostic();
    const cpu = module.meta().cpuSeconds ?? 0;
    return { file: module.relativeModuleId, cpu, waited: Math.max(0, (collectDuration + duration) / 1000 - cpu) };
  });
  const sum = (key: 'cpu' | 'waited') => rows.reduce((total, row) => total + row[key], 0).toFixed(0);
  return [
    '',
    `CPU ${sum('cpu')} s, waiting ${sum('waited')} s in ${rows.length} files; the longest:`,
    ...rows
      .sort((a, b) => b.cpu + b.waited - (a.cpu + a.waited))
      .slice(0, LISTED)
      .map(({ file, cpu, waited }) => `  ${cpu.toFixed(1).padStart(6)} s CPU ${waited.toFixed(1).padStart(6)} s waiting  ${file}`),
  ];
}
