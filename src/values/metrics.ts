// One prom-client registry; /metrics prints it.
import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';

/** The counters of one process; made once in main, and once a test. */
export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    events: new Counter({
      name: 'dab_slack_events_total',
      help: 'Envelopes from Slack, by kind and outcome',
      labelNames: ['kind', 'outcome'],
      registers,
    }),
    turns: new Counter({ name: 'dab_turns_total', help: 'Finished turns, by outcome', labelNames: ['outcome'], registers }),
    turnSeconds: new Histogram({
      name: 'dab_turn_seconds',
      help: 'From the first step of a turn to its last message',
      buckets: [1, 2, 5, 10, 20, 40, 80, 160, 320],
      registers,
    }),
    deployments: new Counter({ name: 'dab_deployments_total', help: 'Deployments, by outcome', labelNames: ['outcome'], registers }),
    writes: new Counter({
      name: 'dab_writes_total',
      help: 'Approved writes other than deployments, by outcome',
      labelNames: ['outcome'],
      registers,
    }),
    dollars: new Counter({
      name: 'dab_claude_dollars_total',
      help: 'What Claude has cost at list price, by model',
      labelNames: ['model'],
      registers,
    }),
    refusals: new Counter({
      name: 'dab_limits_refused_total',
      help: 'Messages not taken, or not answered by Claude, because too much was used, by limit and whose it is',
      labelNames: ['limit', 'of'],
      registers,
    }),
    stalls: new Counter({
      name: 'dab_stalls_total',
      help: 'Times that the process answered nobody for over 50 ms, by what was running',
      labelNames: ['during'],
      registers,
    }),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
