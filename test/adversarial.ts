// Texts that make bad parsers slow: beginnings without an end, ends that many beginnings share, and mixtures of them.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of bundles, not of JavaScript
import { SEED } from './sample.ts';

/** What opens, closes, repeats or continues something in one of the languages that we read. */
const PARTS = [
  ...['[', ']', '(', ')', '{', '}', '<', '>', '|', '`', '*', '_', '~', '#', '!', '@', '$', '%', '&', '-', '?', ':', ';', ',', '.', '='],
  ...['/', '\\', '"', "'", ' ', '\t', '\n', '\r\n', '\r', 'a', 'A1', '0', 'é', '😀', '\u200b', '\ud800', '\u2028', '\0'],
  ...['[a](', '![', '](', '[a]:', '<a:', '<a:|', '<!', '<@', '@here', '```\n', '> ', '# ', '*a ', ' _'],
  ...[
    '- ',
    '? ',
    ': ',
    'a: ',
    'a:\n ',
    '{a: ',
    '[a, ',
    '&a ',
    '!a ',
    '|\n',
    '|-\n  ',
    '>+\n',
    "''",
    '""',
    '\n#',
    ' #\n',
    '\n\n #',
    '--- ',
    '...\n',
  ],
  ...[
    '${',
    '${a',
    '${a.',
    '${var.a',
    '${workspace.azure_',
    '[0]',
    '{{',
    '}}',
    '{{secrets/',
    '../',
    '..',
    './',
    '/a',
    '~/',
    'file:',
    '://',
    '://a:b',
  ],
  ...['-r ', '-e ./a ', '--pre ', 'a @ ', 'a==1', ' ;', '[a', '#egg='],
  ...['ey', 'ey-', 'ey-aaaaaaaaaaaaaaaa', 'ey-a.b', 'xoxb-', 'dapi0', 'Bearer ', 'password=', 'password: ', 'token="', 'key: "', 'AKIA'],
  ...[
    'import a',
    'from . ',
    'from a import b, ',
    'as ',
    '%pip install ',
    '%run ',
    '!pip ',
    '# MAGIC ',
    '# COMMAND ----------\n',
    '# ',
    '/* ',
    '-- ',
  ],
  ...[
    'select ',
    'from a.b ',
    '(select ',
    'case when ',
    'sql("',
    'spark.table("',
    '"""',
    "f'{",
    '${x}',
    '$x',
    'lambda: ',
    'if a:\n ',
    'a.b',
    'a(',
    'a[',
    '+ a',
  ],
] as const;

/** What is slow only together: one part without end, then the other. */
const HALVES = [
  ['[', ']'],
  ['{a: ', '}'],
  ['(', ')'],
  ['[a', '](b)'],
  ['<a:', '|b>'],
  ['`', 'x`'],
  ['- ', '\n'],
  ['? ', ': '],
  ['"', 'x'],
  ['import a as ', '!'],
  ['${a', '}'],
] as const;

export interface Adversarial {
  /** Such as `"x" + "[a](" … + "]"`. */
  readonly name: string;
  /** About so many characters of it, at least one repetition. */
  readonly text: (length: number) => string;
}

function repeated(unit: string, before = '', after = ''): Adversarial {
  const name = [before, `${unit}…`, after]
    .filter((part) => part !== '')
    .map((part) => JSON.stringify(part))
    .join(' ');
  return { name, text: (length) => before + unit.repeat(Math.max(1, Math.floor(length / unit.length))) + after };
}

/** The same numbers in each run of a seed (mulberry32). */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * below);
  };
}

/** Each part without end, alone and before something else, and `count` mixtures that a seed chooses. */
export function adversarialTexts(count: number): Adversarial[] {
  const random = randomNumbers(SEED);
  const some = (most: number) => Array.from({ length: random(most + 1) }, () => PARTS[random(PARTS.length)] ?? '').join('');
  const mixtures = Array.from({ length: count }, () => repeated(some(3) || 'a', some(2), some(2)));
  const both = (first: Adversarial, second: Adversarial): Adversarial => ({
    name: `${first.name} ${second.name}`,
    text: (length) => first.text(length / 2) + second.text(length / 2),
  });
  const halves = Array.from({ length: Math.floor(count / 4) }, () => both(repeated(some(2) || '[', some(1)), repeated(some(2) || ']')));
  return [
    ...PARTS.flatMap((part) => [repeated(part), repeated(part, '', 'x'), repeated(part, 'a: ', '\n!')]),
    ...HALVES.map(([first, second]) => both(repeated(first), repeated(second))),
    both(repeated('\n', 'a: |\n  x\n'), repeated(' #\n')),
    ...mixtures,
    ...halves,
  ];
}
