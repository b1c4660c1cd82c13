// The order of test files: those that start programs first. By their size alone some would begin last, and a core would wait for them.
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take half a minute each, whatever their size. */
const LONG = /\/(flows|bin)\/|\/storage\/contract\.test\.ts$|\/mcp\/(server|client)\//;

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // Of the rest, those that took longest last time, or the largest.
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => LONG.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}
