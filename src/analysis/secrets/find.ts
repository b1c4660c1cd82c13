// Finds hard-coded secrets by secretlint's rules, by shapes they lack, and by names that say what a value is (facts: security#secrets-in-sources).
import type { lintSource } from '@secretlint/core';
import type { SecretFinding } from '../../bundle/model/bundle.ts';
import { wordSet } from '../../values/text.ts';
import { extensionOf } from '../source/cells.ts';
import { rest, spend } from '../source/stretches.ts';
import { findAssignments, type Span } from './assignments.ts';
import { NOT_SECRET, PATTERNS, RULE_KINDS } from './patterns.ts';
import { isPlaceholder } from './placeholders.ts';

type Lint = (text: string) => Promise<Awaited<ReturnType<typeof lintSource>>['messages']>;

/** Formats that hold no text: their bytes are not looked at. */
const BINARY = wordSet('whl jar zip gz tgz bz2 xz egg png jpg jpeg gif webp ico pdf parquet avro orc');

/**
 * The hard-coded secrets of some files, by path and place. A file's text is what `new TextDecoder().decode(bytes)` gives (so a byte order mark
 * does not count); `start` and `end` hold the value alone, without its quotes and name. Values never appear in a result or an error.
 */
export async function findSecrets(files: readonly { readonly path: string; readonly bytes: Uint8Array }[]): Promise<SecretFinding[]> {
  const found: SecretFinding[] = [];
  for (const { path, bytes } of files) {
    if (!BINARY.has(extensionOf(path))) found.push(...(await findSecretsInText(new TextDecoder().decode(bytes), path)));
  }
  return found;
}

/** The same for one text. By its path's extension a value may need no quotes, as in YAML; an unknown one is taken for code. */
export async function findSecretsInText(text: string, path: string): Promise<SecretFinding[]> {
  // A secret has a letter or a digit.
  if (!/[A-Za-z0-9]/.test(text)) return [];
  loading ??= load();
  const lint = await loading;
  spend(text.length / UNITS_OF_TEXT);
  await rest();
  const own = findByShape(text);
  const spans = merge([...own, ...narrowed(await lint(text), text, own), ...findAssignments(text, path)]);
  let line = 1;
  let counted = 0;
  return spans.map(({ start, end, kind }) => {
    for (let index = text.indexOf('\n', counted); index >= 0 && index < start; index = text.indexOf('\n', index + 1)) line++;
    counted = start;
    return { path, line, start, end, kind };
  });
}

/** Characters that all rules are through with in a unit of work. */
const UNITS_OF_TEXT = 30;

let loading: Promise<Lint> | undefined;

async function load(): Promise<Lint> {
  const [core, preset, { secretLintProfiler }] = await Promise.all([
    import('@secretlint/core'),
    import('@secretlint/secretlint-rule-preset-recommend'),
    import('@secretlint/profiler'),
  ]);
  // It measures every rule and file, and keeps that as long as the process lives.
  secretLintProfiler.setEnabled(false);
  const config = { rules: [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: preset.creator }] };
  return async (text) => {
    // A comment `secretlint-disable` must not hide a secret from us.
    const content = text.replace(/secretlint/gi, 'secret_int');
    const source = { content, filePath: 'source', ext: '', contentType: 'text' as const };
    return (await core.lintSource({ source, options: { config, noPhysicFilePath: true } })).messages;
  };
}

function findByShape(text: string): Span[] {
  const small = text.toLowerCase();
  return PATTERNS.filter(({ hint }) => small.includes(hint)).flatMap(({ kind, pattern }) =>
    [...text.matchAll(pattern)].flatMap((match) => {
      const [start, end] = match.indices?.groups?.value ?? [0, 0];
      return end === start || isPlaceholder(text.slice(start, end)) ? [] : [{ start, end, kind }];
    }),
  );
}

/** secretlint's ranges hold a whole URL, a name with its value, or the file: what is secret in them is found again. */
function narrowed(messages: Awaited<ReturnType<Lint>>, text: string, own: readonly Span[]): Span[] {
  return messages.flatMap(({ ruleId, messageId, range, data }) => {
    if (NOT_SECRET.has(messageId)) return [];
    const rule = ruleId.replace(/^@secretlint\/secretlint-rule-/, '');
    const kind = RULE_KINDS[rule] ?? `secret (${rule})`;
    const value = Object.values(data ?? {}).filter((one) => typeof one === 'string')[0];
    const at = value === undefined || value === '' ? -1 : text.indexOf(value, range[0]);
    const [from, to] = at < 0 || value === undefined ? range : [at, at + value.length];
    if (own.some(({ start, end }) => start < to && end > from)) return [];
    const inUrl = /:\/\/[^\s:@/]{0,128}:([^\s@]{1,256})@/d.exec(text.slice(from, to))?.indices?.[1];
    const [start, end] = inUrl === undefined ? [from, to] : [from + inUrl[0], from + inUrl[1]];
    return isPlaceholder(text.slice(start, end)) ? [] : [{ start, end, kind }];
  });
}

/** Spans in their order, those that overlap made one; what was found first gives the words. */
function merge(spans: readonly Span[]): Span[] {
  const merged: (Span & { rank: number })[] = [];
  const ranked = spans.map((span, rank) => ({ ...span, rank })).sort((a, b) => a.start - b.start || a.rank - b.rank);
  for (const span of ranked) {
    const last = merged.at(-1);
    if (last === undefined || span.start >= last.end) merged.push(span);
    else {
      const first = span.rank < last.rank ? span : last;
      merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, span.end), kind: first.kind, rank: first.rank };
    }
  }
  return merged;
}
