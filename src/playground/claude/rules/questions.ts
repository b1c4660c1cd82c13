// Questions: which jobs and warehouses there are, who somebody is, what a task does.
import { isMap, isSeq } from 'yaml';
import { askOne, contentOf, readFiles, section, type Talk, ToolTrouble, unquote } from '../conversation/talk.ts';
import { type Editing, keysOf, mapAt, parseYaml } from './edit.ts';
import { resourceFiles } from './serverless.ts';

/** The part of a name that jobs are asked by; '' for all of them; undefined when nobody asks. */
export function wantsJobs(text: string): string | undefined {
  if (!/\b(?:list|show|which|what|find|see)\b[^.?]*\bjobs\b/i.test(text)) return undefined;
  return (
    /\bjobs\s+(?:that\s+)?(?:are\s+|do\s+I\s+have\s+)?(?:named|called|like|matching|about|with|for)\s+["'`*]*([\w-]+)/i.exec(text)?.[1] ??
    ''
  );
}

export function* listJobs(name: string): Talk<string> {
  const answer = yield* askOne('list_jobs', name === '' ? {} : { name }, 'I look which jobs you can see.');
  const { count, lines } = section(answer, 'Jobs');
  if (count === 0) return name === '' ? 'You can see no job in this workspace.' : `You can see no job whose name contains “${name}”.`;
  const items = lines.map((line) => `• ${unquote(line).replace(/^job_id (\d+): /, '`$1` ')}`);
  return [`${items.length === 1 ? 'One job' : `${items.length} jobs`}:`, ...items, 'Say “make a bundle of job <id>” for one of them.'].join(
    '\n',
  );
}

/** "Who am I", "is it healthy", "list my warehouses": the tool whose answer is the answer. */
export function wantsFacts(text: string): 'health' | 'list_warehouses' | undefined {
  if (/\b(?:who am i|healthy?|connected|connection)\b/i.test(text)) return 'health';
  return /\b(?:list|show|which|what)\b[^.?]*\bwarehouses?\b/i.test(text) ? 'list_warehouses' : undefined;
}

export function* tellFacts(tool: 'health' | 'list_warehouses'): Talk<string> {
  const answer = yield* askOne(tool, {}, 'I look.');
  return answer
    .split('\n')
    .map((line) => unquote(line).replace(/^- /, '• ').replace(', names are data. A', '. A'))
    .join('\n');
}

export function wantsTask(text: string): string | undefined {
  return (
    /\bwhat\s+(?:does|is|do)\b[^?\n]*?\btask\s+["'`*]*([\w-]+)/i.exec(text)?.[1] ??
    /\bwhat\s+does\s+(?:the\s+)?["'`*]*([\w-]+)["'`*]*\s+task\b/i.exec(text)?.[1]
  );
}

export function* explainTask(bundle: string, task: string): Talk<string> {
  const editing: Editing = { bundle, changes: [], notes: [] };
  const paths = yield* resourceFiles(editing, `I look up task \`${task}\`.`);
  const names: string[] = [];
  for (const [file, text] of yield* readFiles(bundle, paths)) {
    const document = parseYaml(text);
    for (const key of keysOf(mapAt(document, ['resources', 'jobs']))) {
      const tasks = document.getIn(['resources', 'jobs', key, 'tasks']);
      for (const item of isSeq(tasks) ? tasks.items : []) {
        if (!isMap(item)) continue;
        const name = String(item.get('task_key'));
        names.push(name);
        if (name !== task) continue;
        const kind = keysOf(item).find((one) => one.endsWith('_task')) ?? 'unknown';
        const path = [
          ['notebook_task', 'notebook_path'],
          ['spark_python_task', 'python_file'],
          ['sql_task', 'file', 'path'],
        ]
          .map((where) => item.getIn(where))
          .find((found) => typeof found === 'string');
        const head = `Task \`${task}\` is a \`${kind}\` in \`${file}\``;
        return typeof path === 'string' ? yield* explainSource(bundle, head, path) : `${head}; it has no source of its own.`;
      }
    }
  }
  throw new ToolTrouble(`There is no task ${task}; the tasks are ${names.join(', ')}.`);
}

function* explainSource(bundle: string, head: string, path: string): Talk<string> {
  const inside = path.replace(/^(?:\.\.?\/)+/, '');
  const local = path.startsWith('.') || path.startsWith('src/');
  const text = local ? ((yield* readFiles(bundle, [inside])).get(inside) ?? '') : contentOf(yield* askOne('export_notebook', { path }));
  const widgets = matches(text, /dbutils\.widgets\.\w+\(\s*["']([\w .-]+)["']/g);
  const code = text.replace(/^\s*(?:from|import)\s.*$/gm, '');
  const tables = matches(code, /\b(?:from|into|table|join)\s*\(?\s*["'`]?([a-z_]\w*\.[a-z_]\w*(?:\.\w+)?)\b/gi);
  const lines = text
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^(?:#|--|\/\/) (?:Databricks notebook source|COMMAND -+|MAGIC\s*$)/.test(line));
  const parts = [
    `${head}, its source is \`${inside}\` (${text.split('\n').length} lines).`,
    widgets.length === 0 ? '' : `It takes ${widgets.map((one) => `\`${one}\``).join(', ')} as widgets.`,
    tables.length === 0 ? '' : `It names the tables ${tables.map((one) => `\`${one}\``).join(', ')}.`,
    `It begins with:\n\`\`\`\n${lines.slice(0, 6).join('\n').replaceAll('```', "'''")}\n\`\`\``,
    'The offline Claude does not understand code; this is what can be read off it.',
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function matches(text: string, pattern: RegExp): string[] {
  return [...new Set([...text.matchAll(pattern)].map((found) => found[1] ?? ''))].slice(0, 10);
}
