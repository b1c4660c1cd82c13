// One pino logger with redaction, also of what it is told to hide; every event and turn logs through a child of it.
import { type Logger as PinoLogger, pino } from 'pino';
import { createFinder, SHORTEST } from './find-texts.ts';

export type Logger = PinoLogger;

/** The logger of a program. */
export interface ProgramLogger extends Logger {
  /**
   * Cuts these texts out of all that it and its children log from now on. Shorter ones than `find-texts` finds stand in words of every line:
   * they go where a text is nothing else, or where they stand between quotes; words, numbers, and what is shorter than 4 stay.
   */
  hide(texts: readonly string[]): void;
}

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
const SECRET_SHAPES = /\b(xox[abeprs]-[\w-]+|xapp-[\w-]+|dapi[0-9a-f]{16,}[\w-]*|dose[0-9a-f]{16,}|sk-ant-[\w-]+)|(?<=Bearer )[\w.~+/=-]+/g;
/** Three parts or more with dots between them, as a JSON web token has, from their first character on: no part is looked at twice. */
const DOTTED = /(?<![\w-])[\w-]+(?:\.[\w-]+){2,}/g;
const TOKEN_BEGINS = /\bey[\w-]{16}/;

/** Replaces everything in a text that looks like a secret. */
export function scrub(text: string): string {
  return text.replace(SECRET_SHAPES, '[secret]').replace(DOTTED, withoutWebTokens);
}

function withoutWebTokens(dotted: string): string {
  const parts = dotted.split('.');
  const shown: string[] = [];
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index] ?? '';
    const begins = index + 2 < parts.length ? part.search(TOKEN_BEGINS) : -1;
    shown.push(begins < 0 ? part : `${part.slice(0, begins)}[secret]`);
    if (begins >= 0) index += 2;
  }
  return shown.join('.');
}

/** So many of the texts to hide are surely kept, the newest; what is in use is told again and again. Our choice. */
const HIDDEN = 10_000;

/** Shorter ones stand everywhere; of 354 texts that a bot logged, none that is no word would be cut wrongly from here on but short ids. */
const SHORTEST_WHOLE = 4;
/** What could be a password: neither a word, as `done` is, nor a number or a version. */
const isNoWord = (text: string) => /\p{L}/u.test(text) && /\P{L}/u.test(text);
/** What stands between quotes and is short. */
const SHORT_QUOTED = new RegExp(`(?<=["'\`])[^"'\`]{${SHORTEST_WHOLE},${SHORTEST - 1}}(?=["'\`])`, 'g');

/** The texts of a line, and its keys, which a colon follows. */
const QUOTED = /"[^"\\]*(?:\\.[^"\\]*)*":?/g;

function createHidden() {
  let older = createFinder();
  let newer = createFinder();
  const short = new Set<string>();
  const mark = (text: string) => (short.has(text) ? '[secret]' : text);
  const cutShort = (said: string) => (short.has(said) ? mark(said) : said.replace(SHORT_QUOTED, mark));
  return {
    add(text: string): void {
      if (text.length < SHORTEST) {
        if (text.length < SHORTEST_WHOLE || !isNoWord(text)) return;
        // The newest stands last.
        short.delete(text);
        short.add(text);
        for (const oldest of short.size > HIDDEN ? short : []) return void short.delete(oldest);
        return;
      }
      if (newer.has(text)) return;
      if (newer.size() >= HIDDEN) [older, newer] = [newer, createFinder()];
      newer.add(text);
    },
    /** In its texts alone: whatever is to be hidden, the line stays JSON, with its keys and numbers. */
    cut(line: string): string {
      if (newer.size() + older.size() + short.size === 0) return line;
      return line.replace(QUOTED, (quoted) => {
        if (quoted.endsWith(':')) return quoted;
        const said: string = JSON.parse(quoted);
        let shown = short.size === 0 ? said : cutShort(said);
        for (const finder of [newer, older])
          for (const { start, end } of finder.find(shown).reverse()) shown = `${shown.slice(0, start)}[secret]${shown.slice(end)}`;
        return shown === said ? quoted : JSON.stringify(shown);
      });
    },
  };
}

/** A logger that writes one JSON object a line to stdout (Databricks Apps captures stdout and stderr only). */
export function createLogger(options: { level: string; destination?: { write(line: string): void } }): ProgramLogger {
  const hidden = createHidden();
  const paths = REDACTED_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]);
  const settings = {
    level: options.level,
    base: null,
    redact: { paths, censor: '[secret]' },
    hooks: { streamWrite: (line: string) => hidden.cut(scrub(line)) },
  };
  const log = options.destination === undefined ? pino(settings) : pino(settings, options.destination);
  return Object.assign(log, { hide: (texts: readonly string[]) => texts.forEach(hidden.add) });
}
