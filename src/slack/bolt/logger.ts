// Bolt's and Socket Mode's logger interface over ours; their debug level prints whole payloads, so it stays off (facts: libraries#slack-packages).
import { LogLevel } from '@slack/bolt';
import type { Logger } from '../../values/log.ts';

export function boltLogger(log: Logger) {
  const child = log.child({ from: 'slack sdk' });
  const text = (parts: unknown[]) => parts.map(String).join(' ');
  return {
    debug: () => {},
    info: (...parts: unknown[]) => child.debug(text(parts)),
    warn: (...parts: unknown[]) => child.warn(text(parts)),
    error: (...parts: unknown[]) => child.error(text(parts)),
    setLevel: () => {},
    getLevel: () => LogLevel.INFO,
    setName: () => {},
  };
}
