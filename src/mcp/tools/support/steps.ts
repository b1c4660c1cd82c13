// Turns a call's steps into progress notifications, and closes the open ones when the call fails.
import type { Step } from '../../../agent/tools.ts';
import type { Steps } from './define-tool.ts';

export function createSteps(send: (step: Step) => void): Steps & { fail(): void } {
  const open = new Map<string, Step>();
  const report = (step: Step): void => {
    if (step.status === 'in_progress') open.set(step.id, step);
    else open.delete(step.id);
    send(step);
  };
  return {
    report,
    start: (id, title) => report({ id, title, status: 'in_progress' }),
    done: (id, title, details) => report({ id, title, status: 'complete', ...(details === undefined ? {} : { details }) }),
    fail: () => {
      for (const step of [...open.values()]) report({ ...step, status: 'error' });
    },
  };
}
