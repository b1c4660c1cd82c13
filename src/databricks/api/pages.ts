// The pages of a list: each answer of the API names the next one by a token.
import type { JsonObject } from '../../values/json.ts';
import { textOf } from '../../values/text.ts';
import { withErrorWords } from '../http/errors.ts';
import { LIMITS } from '../http/limits.ts';
import type { QueryParameters, Requests } from '../http/requests.ts';

interface PagedList {
  readonly path: string;
  readonly query: QueryParameters;
  /** For a person who is told that the list could not be read: what was being done, and what is said where there is no such list. */
  readonly doing: string;
  readonly missing: string;
  /** At most this many pages are read. */
  readonly pages: number;
  /** The parameter that takes the token; `page_token` when left out. */
  readonly tokenParameter?: string;
}

/** The answers, page by page; none is asked for before the caller wants it. */
export async function* listPages(
  requests: Requests,
  { path, query, doing, missing, pages, tokenParameter = 'page_token' }: PagedList,
  signal?: AbortSignal,
): AsyncGenerator<JsonObject> {
  let token: string | undefined;
  for (let page = 0; page < pages; page++) {
    const asked = token === undefined ? query : { ...query, [tokenParameter]: token };
    const body = await withErrorWords(doing, missing, () => requests.getJson(path, asked, signal));
    yield body;
    token = textOf(body.next_page_token);
    if (token === undefined) return;
  }
}

/** Which things that have a name are wanted: at most `limit` (50) of those whose name contains `name`, in any case. */
export interface NameFilter {
  readonly name?: string | undefined;
  readonly limit?: number | undefined;
}

/** Of the pages of a list, the things that a filter wants; names are compared here, since no API finds parts of them in any case. */
export async function findNamed<Page, Thing extends { readonly name: string }>(
  pages: AsyncIterable<Page>,
  thingsOf: (page: Page) => Thing[],
  { name = '', limit = LIMITS.listed }: NameFilter,
): Promise<Thing[]> {
  const found: Thing[] = [];
  for await (const page of pages) {
    found.push(...thingsOf(page).filter((thing) => thing.name.toLowerCase().includes(name.toLowerCase())));
    if (found.length >= limit) break;
  }
  return found.slice(0, limit);
}
