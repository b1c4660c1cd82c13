// How a rule talks: it says something and calls tools, gets their results, goes on, and ends with its answer.
import type { Result, Turn } from './turn.ts';

interface Call {
  readonly name: string;
  readonly input: Record<string, unknown>;
}

/** One message of the model: words (may be empty) and calls. */
export interface Say {
  readonly text?: string;
  readonly calls: readonly Call[];
}

/** A rule, or a part of one. It is run again from its start for every request, so it must depend on nothing but its results. */
export type Talk<T> = Generator<Say, T, readonly Result[]>;

/** A tool's failure ends the rule; its words are part of the answer. */
export class ToolTrouble extends Error {
  override readonly name = 'ToolTrouble';
}

/** The next message of a conversation: replays the rule over the rounds that were, then takes what comes. */
export function replay(talk: Talk<string>, turn: Turn): Say {
  try {
    let step = talk.next();
    for (const results of turn.rounds) {
      if (step.done === true) break;
      step = talk.next(results);
    }
    return step.done === true ? { text: step.value, calls: [] } : step.value;
  } catch (error) {
    if (!(error instanceof ToolTrouble)) throw error;
    return { text: `That did not work, and I stopped there. ${error.message}`, calls: [] };
  }
}

/** Calls tools side by side; their texts, or trouble if any of them failed. */
function* ask(calls: readonly Call[], text?: string): Talk<string[]> {
  const results = yield text === undefined ? { calls } : { text, calls };
  const failed = results.find((result) => result.isError);
  if (failed !== undefined) throw new ToolTrouble(failed.text);
  return calls.map((_, index) => results[index]?.text ?? '');
}

/** One call. */
export function* askOne(name: string, input: Record<string, unknown>, text?: string): Talk<string> {
  const [answer = ''] = yield* ask([{ name, input }], text);
  return answer;
}

/** Files of a bundle, side by side, each with all its pages; the content as a person would see it. */
export function* readFiles(bundle: string, paths: readonly string[], text?: string): Talk<Map<string, string>> {
  const first = yield* ask(
    paths.map((path) => ({ name: 'read_bundle_file', input: { bundle_id: bundle, path } })),
    text,
  );
  const files = new Map<string, string>();
  for (const [index, path] of paths.entries()) {
    let answer = first[index] ?? '';
    let content = contentOf(answer);
    for (let next = nextOffset(answer); next !== undefined; next = nextOffset(answer)) {
      answer = yield* askOne('read_bundle_file', { bundle_id: bundle, path, offset: next });
      content += contentOf(answer);
    }
    files.set(path, content);
  }
  return files;
}

/** The JSON string that a page of data stands in. */
export function contentOf(answer: string): string {
  const line = answer.split('\n').find((candidate) => candidate.startsWith('"'));
  return line === undefined ? '' : String(JSON.parse(line));
}

function nextOffset(answer: string): number | undefined {
  const found = /^More follows: call again with offset (\d+)\.$/m.exec(answer);
  return found === null ? undefined : Number(found[1]);
}

/** The lines of a section such as `Files (3):`, decoded where they are JSON strings. */
export function section(answer: string, title: string): { count: number; lines: string[] } {
  const lines = answer.split('\n');
  const at = lines.findIndex((line) => line.startsWith(`${title} (`));
  if (at < 0) return { count: 0, lines: [] };
  const rest = lines.slice(at + 1);
  const end = rest.findIndex((line) => !line.startsWith('- ') && !line.startsWith('('));
  const body = end < 0 ? rest : rest.slice(0, end);
  return {
    count: Number(/\((\d+)\):$/.exec(lines[at] ?? '')?.[1] ?? 0),
    lines: body.filter((line) => line.startsWith('- ')).map((line) => line.slice(2)),
  };
}

/** The value of a line such as `bundle_id: abc`. */
export function value(answer: string, key: string): string | undefined {
  return answer
    .split('\n')
    .find((line) => line.startsWith(`${key}: `))
    ?.slice(key.length + 2);
}

/** Decodes every JSON string inside a line of ours. */
export function unquote(line: string): string {
  return line.replace(/"(?:[^"\\]|\\.)*"/g, (text) => String(JSON.parse(text)));
}
