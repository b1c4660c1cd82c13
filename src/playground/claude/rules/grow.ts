// "Add tests", "bring /Workspace/… into the bundle": a new version with more files in it.
import { askOne, type Talk, value } from '../conversation/talk.ts';
import { verdict } from './make-bundle.ts';

export function wantsTests(text: string): boolean {
  return /\b(?:add|create|write|make)\s+(?:(?:me|some|the|pytest|unit|smoke)\s+)*tests\b/i.test(text);
}

export function* addTests(bundle: string): Talk<string> {
  const answer = yield* askOne('create_tests', { bundle_id: bundle }, 'I add tests to the bundle.');
  const run = /^To run them, in the unpacked bundle: (.*)$/m.exec(answer)?.[1] ?? 'python -m pytest tests';
  return yield* grown(
    answer,
    bundle,
    `The bundle has tests under \`tests/\` now. Run them in the unpacked bundle: \`${run}\`.`,
    'The bundle has its tests already.',
  );
}

/** The folder that a message wants in the bundle. */
export function wantsSync(text: string): string | undefined {
  return /\b(?:bring|sync|pull|refresh)\b.*?\s(\/[^\n"'`”]*?[^\s"'`”.,!?])(?=["'`”.,!?]*(?:\s+(?:in|into|to|with)\b|\s*$))/i.exec(
    text,
  )?.[1];
}

export function* syncFolder(bundle: string, folder: string): Talk<string> {
  const answer = yield* askOne('sync_workspace_to_local', { bundle_id: bundle, folder }, `I bring \`${folder}\` into the bundle.`);
  const counts = answer
    .split('\n')
    .filter((line) => /^(?:Added|Replaced)[^:]*\(\d+\):$/.test(line))
    .map((line) => line.replace(/:$/, ''));
  return yield* grown(
    answer,
    bundle,
    `The files of \`${folder}\` are in the bundle. ${counts.join(', ')}.`,
    'Nothing there differs from what the bundle has.',
  );
}

function* grown(answer: string, before: string, done: string, same: string): Talk<string> {
  const made = value(answer, 'bundle_id') ?? before;
  if (made === before) return same;
  return [done, ...verdict(yield* askOne('validate_bundle', { bundle_id: made }))].join('\n\n');
}
