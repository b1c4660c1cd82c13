// Ends a run with plain words: what was skipped, loudly, and the counts on a line of their own.
import type { Reporter, TestModule } from 'vitest/node';

export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string) => tests.filter((test) => test.result().state === state).length;
    const skipped = tests.filter((test) => test.result().state === 'skipped');
    const lines = [
      ...(skipped.length > 0 ? ['', `SKIPPED ${skipped.length} TESTS: what they need is not on this machine (see the words above):`] : []),
      ...skipped.map((test) => `  ${test.module.relativeModuleId} > ${test.fullName}`),
      '',
      `${count('passed')} passed, ${count('failed')} failed, ${skipped.length} skipped`,
    ];
    process.stdout.write(`${lines.join('\n')}\n`);
  }
}
