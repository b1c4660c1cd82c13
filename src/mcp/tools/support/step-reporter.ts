// Reports the steps of a call; when the call fails, the steps that are still open are reported as failed.
import type { Step } from '../../../agent/tools.ts';
import type { StepReporter } from './define-tool.ts';

export function createStepReporter(send: (step: Step) => void): StepReporter & { fail(): void } {
  const open = new Map<string, Step>();
  const report = (step: Step): void => {
    if (step.status === 'in_progress') open.set(step.id, step);
    else open.delete(step.id);
    send(step);
  };
  return {
    report,
    waits: (title, status) => report({ id: 'databricks', title, status }),
    start: (id, title) => report({ id, title, status: 'in_progress' }),
    done: (id, title, details) => report({ id, title, status: 'complete', ...(details === undefined ? {} : { details }) }),
    fail: () => {
      for (const step of [...open.values()]) report({ ...step, status: 'error' });
    },
  };
}
