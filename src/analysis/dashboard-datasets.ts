// The datasets of a dashboard's file: a query each, and where its bare names are.
import { isObject, itemsIn, type Json, parseJson } from '../values/json.ts';
import { textOf } from '../values/text.ts';

export function datasetsIn(serialized: string) {
  let content: Json;
  try {
    content = parseJson(serialized);
  } catch {
    // What is no JSON has no datasets.
    return [];
  }
  return (isObject(content) ? itemsIn(content.datasets) : []).flatMap((one) => {
    if (!isObject(one)) return [];
    const lines = itemsIn(one.queryLines).map((line) => textOf(line) ?? '');
    return [{ catalog: textOf(one.catalog), schema: textOf(one.schema), query: textOf(one.query) ?? lines.join('') }];
  });
}
