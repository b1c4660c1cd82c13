// The page of a long list that one answer shows.

interface ListPage<Item> {
  readonly items: readonly Item[];
  /** For the structured answer: where the next page begins; empty on the last. */
  readonly more: { readonly next_from?: number };
}

/** The items from `start` on, at most `size` of them. */
export function listPage<Item>(all: readonly Item[], start: number, size: number): ListPage<Item> {
  const items = all.slice(start, start + size);
  const end = start + items.length;
  return { items, more: end < all.length ? { next_from: end } : {} };
}
