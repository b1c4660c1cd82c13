// Every `facts: file#heading` in a comment or a document leads to a heading of docs/facts, and no heading there has lost its readers.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const REFERENCE = '[a-z]+(?:-[a-z]+)*#[\\w-]+';
const LIST = new RegExp(`facts: (${REFERENCE}(?:, ${REFERENCE})*)(,$)?`, 'g');
/** A link of Markdown to a heading: `[…](facts/slack.md#streams)`. */
const LINK = /\]\((?:[^()\s]*\/)?([a-z-]+)\.md#([\w-]+)\)/g;

/** Texts by their path from the root of the repository; those of docs/facts are what the others refer to. */
type Texts = Readonly<Record<string, string>>;

/** What is wrong with references and headings, a line each; empty when all is well. */
function problemsOf(texts: Texts): string[] {
  const facts = Object.entries(texts).filter(([path]) => /^docs\/facts\/(?!README)[^/]+\.md$/.test(path));
  const sections = new Map(facts.flatMap(([path, text]) => sectionsOf(basename(path, '.md'), text)));
  const files = new Set(facts.map(([path]) => basename(path, '.md')));
  const used = new Set<string>();
  const problems: string[] = [];
  for (const [path, text] of Object.entries(texts)) {
    const { found, wrong } = referencesIn(path, text, files);
    problems.push(...wrong);
    for (const [line, reference] of found) {
      if (!sections.has(reference)) problems.push(`${path}:${line}: there is no ${reference}`);
      if (!path.startsWith('docs/facts/')) used.add(reference);
    }
  }
  for (const [reference, body] of sections)
    if (!used.has(reference) && !/^Stays because /m.test(body))
      problems.push(`nothing refers to ${reference}, and it does not say why it stays`);
  for (const file of files)
    if (![...used].some((one) => one.startsWith(`${file}#`))) problems.push(`nothing refers to docs/facts/${file}.md`);
  return problems;
}

/** The sections of a file by what a reference calls them: the heading as GitHub makes an anchor of it. */
function sectionsOf(file: string, text: string): [reference: string, body: string][] {
  return text
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [heading = ''] = section.split('\n', 1);
      const anchor = heading
        .toLowerCase()
        .replace(/[^\w\- ]/g, '')
        .replaceAll(' ', '-');
      return [`${file}#${anchor}`, section];
    });
}

/** References with their line. Wrong is a comment that says `facts:` without one, and a reference that no `facts:` on its line stands before. */
function referencesIn(
  path: string,
  text: string,
  files: ReadonlySet<string>,
): { found: [line: number, reference: string][]; wrong: string[] } {
  const found: [number, string][] = [];
  const wrong: string[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (path.endsWith('.md')) {
      for (const [, list = ''] of line.matchAll(LIST)) for (const one of list.split(', ')) found.push([index + 1, one]);
      for (const [, file = '', anchor = ''] of line.matchAll(LINK)) if (files.has(file)) found.push([index + 1, `${file}#${anchor}`]);
      continue;
    }
    const comment = /(?:^\s*\*|^\s*#|\/\/|\/\*|<!--)(.*)$/.exec(line)?.[1] ?? '';
    let rest = comment;
    for (const [whole, list = '', goesOn] of comment.matchAll(LIST)) {
      for (const one of list.split(', ')) found.push([index + 1, one]);
      if (goesOn === undefined) rest = rest.replace(whole, '');
    }
    const alone = [...rest.matchAll(new RegExp(`\\b${REFERENCE}`, 'g'))].some(([one]) => files.has(one.split('#')[0] ?? ''));
    if (/\bfacts:/.test(rest) || alone) wrong.push(`${path}:${index + 1}: write (facts: file#heading, file#heading) on one line`);
  }
  return { found, wrong };
}

/** Code, tests and documents; not this file, which is full of references that are made up. */
function readTexts(): Texts {
  const paths = ['src', 'test', 'docs'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((path) => `${folder}/${path}`),
  );
  const top = readdirSync(ROOT).filter((name) => name.endsWith('.md'));
  const wanted = [...paths, ...top].filter(
    (path) => /\.(?:ts|js|py|go|css|html|md)$/.test(path) && !/^test\/(?:golden\/|docs\/facts\.)/.test(path),
  );
  return Object.fromEntries(wanted.map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]));
}

test('every reference leads to a heading, and every heading has a reader or a reason', () => {
  expect(problemsOf(readTexts())).toEqual([]);
});

const comment = (text: string) => ['//', text].join(' ');
const FACTS = { 'docs/facts/slack.md': '# Slack\n\n## Rate limits\n\nText.\n\n## Run `as_is`, now\n\nText.\n' };
const GOOD = { 'src/a.ts': comment('Slow (facts: slack#rate-limits, slack#run-as_is-now).') };

test.each<[string, Texts, string[]]>([
  ['good references', { ...FACTS, ...GOOD }, []],
  ['code that is no comment', { ...FACTS, ...GOOD, 'src/b.ts': 'const one = { facts: Facts };' }, []],
  ['an unknown heading', { ...FACTS, ...GOOD, 'src/b.ts': comment('(facts: slack#nothing)') }, ['src/b.ts:1: there is no slack#nothing']],
  ['an unknown file', { ...FACTS, ...GOOD, 'src/b.ts': comment('(facts: slick#rates)') }, ['src/b.ts:1: there is no slick#rates']],
  ['no heading', { ...FACTS, ...GOOD, 'src/b.ts': comment('(facts: slack 7)') }, [expect.stringMatching(/^src\/b\.ts:1: write/) as string]],
  [
    'references on a line of their own',
    { ...FACTS, ...GOOD, 'src/b.ts': ['/**', ' * Slow (facts:', ' * slack#rate-limits).', ' */'].join('\n') },
    [expect.stringMatching(/^src\/b\.ts:2: write/) as string, expect.stringMatching(/^src\/b\.ts:3: write/) as string],
  ],
  [
    'a list that goes on in the next line',
    { ...FACTS, ...GOOD, 'src/b.ts': [comment('(facts: slack#rate-limits,'), comment('slack#rate-limits)')].join('\n') },
    [expect.stringMatching(/^src\/b\.ts:1: write/) as string, expect.stringMatching(/^src\/b\.ts:2: write/) as string],
  ],
  ['a link of a document', { ...FACTS, ...GOOD, 'docs/x.md': '[no](facts/slack.md#no)' }, ['docs/x.md:1: there is no slack#no']],
  [
    'a heading without a reader',
    { ...FACTS, 'src/a.ts': comment('(facts: slack#rate-limits)') },
    ['nothing refers to slack#run-as_is-now, and it does not say why it stays'],
  ],
  [
    'a heading with a reason',
    { ...FACTS, ...GOOD, 'docs/facts/slack.md': `${FACTS['docs/facts/slack.md']}## More\n\nStays because it is asked for.\n` },
    [],
  ],
  ['a file without a reader', { ...FACTS, ...GOOD, 'docs/facts/cli.md': '# CLI\n' }, ['nothing refers to docs/facts/cli.md']],
])('tells %s', (_, texts, problems) => {
  expect(problemsOf(texts)).toEqual(problems);
});
