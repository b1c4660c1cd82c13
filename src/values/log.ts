// One pino logger with redaction; every event and turn logs through a child of it.
import { type Logger as PinoLogger, pino } from 'pino';

export type Logger = PinoLogger;

/** Where secrets may stand in what we log; values are cut, keys stay. */
const REDACTED_KEYS = [
  'token',
  'accessToken',
  'refreshToken',
  'authorization',
  'apiKey',
  'secret',
  'clientSecret',
  'password',
  'code',
  'codeVerifier',
  'access_token',
  'refresh_token',
  'client_secret',
  'headers',
];

/** Shapes of secrets that could stand inside a longer text: Slack, Databricks, Anthropic and bearer tokens. */
const SECRET_SHAPES =
  /\b(xox[abeprs]-[\w-]+|xapp-[\w-]+|dapi[0-9a-f]{16,}[\w-]*|dose[0-9a-f]{16,}|sk-ant-[\w-]+|ey[\w-]{16,}\.[\w-]+\.[\w-]+)|(?<=Bearer )[\w.~+/=-]+/g;

/** Replaces everything in a text that looks like a secret. */
export function scrub(text: string): string {
  return text.replace(SECRET_SHAPES, '[secret]');
}

/** A logger that writes one JSON object a line to stdout (Databricks Apps captures stdout and stderr only). */
export function createLogger(options: { level: string; destination?: { write(line: string): void } }): Logger {
  const paths = REDACTED_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]);
  const settings = {
    level: options.level,
    base: null,
    redact: { paths, censor: '[secret]' },
    hooks: { streamWrite: scrub },
  };
  return options.destination === undefined ? pino(settings) : pino(settings, options.destination);
}
