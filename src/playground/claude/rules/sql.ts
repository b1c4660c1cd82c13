// "Run this SQL: …": what surely only reads answers rows, anything else is proposed.
import { askOne, type Talk, value } from '../conversation/talk.ts';

const MOST_ROWS = 10;

/** The statement, out of a code block where it stands in one. */
export function wantsSql(text: string): string | undefined {
  return /\b(?:run|execute)\s+(?:this\s+|the\s+)?(?:sql|query|statement)\s*:?\s*(?:```(?:sql)?\s*([\s\S]+?)```|`([^`]+)`|([\s\S]+))$/i
    .exec(text)
    ?.slice(1)
    .find((part) => part !== undefined)
    ?.trim();
}

export function* runSql(statement: string): Talk<string> {
  const answer = yield* askOne('execute_dbsql', { statement }, 'I look whether this only reads.');
  if (value(answer, 'proposal_id') !== undefined) {
    const why = /^Not run, because (.*)\. It would run on /m.exec(answer)?.[1] ?? 'it may write';
    return `I did not run it, because ${why}. The card below shows the exact statement; press *Run it* if that is what you want.`;
  }
  if (answer.startsWith('The statement ended as')) return `That did not work. ${answer.split('\n')[0]}`;
  const [head = '', ...rows] = answer.split('\n').filter((line) => line.startsWith('['));
  const more = rows.length > MOST_ROWS ? `\n… and ${rows.length - MOST_ROWS} more rows` : '';
  const shown = [head, ...rows.slice(0, MOST_ROWS)].join('\n').replaceAll('```', "'''");
  return `It only reads, so I ran it:\n\`\`\`\n${shown}${more}\n\`\`\``;
}
