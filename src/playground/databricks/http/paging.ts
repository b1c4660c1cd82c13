// Pages of the lists: where a page begins by its token, and how many items it holds.
import { type Call, invalid } from './answer.ts';

/** Where a page begins; tokens are offsets, which is nobody's business. */
export function pageOffset(token: string | null): number {
  if (token === null || token === '') return 0;
  if (!/^\d+$/.test(token)) throw invalid(`Invalid page token: ${token.slice(0, 40)}`);
  return Number(token);
}

/** One page of a list with `page_token`; `sizeName` is the parameter that says how long, `usual` and `most` its default and bound. */
export function pageOf<T>(
  call: Call,
  all: readonly T[],
  { sizeName, usual, most }: { sizeName: string; usual: number; most: number },
): { items: T[]; next: { next_page_token?: string } } {
  const asked = Number(call.query.get(sizeName) ?? usual);
  if (!Number.isInteger(asked) || asked < 0) throw invalid(`Invalid ${sizeName}: ${call.query.get(sizeName)?.slice(0, 40)}`);
  const size = Math.min(asked === 0 ? usual : asked, most);
  const from = pageOffset(call.query.get('page_token'));
  return { items: all.slice(from, from + size), next: from + size < all.length ? { next_page_token: String(from + size) } : {} };
}
