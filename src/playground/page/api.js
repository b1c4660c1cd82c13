// The page's calls to the stand-in's server, each with the key that the page's own address carries.

/** @typedef {import('../slack/protocol/page-api.ts').PageRequests} PageRequests */

const key = new URLSearchParams(location.search).get('key') ?? '';

/**
 * The address of a route with the key.
 * @param {string} path
 * @param {Record<string, string>} [query]
 */
export function address(path, query = {}) {
  return `${path}?${new URLSearchParams({ ...query, key })}`;
}

/**
 * Where a file is downloaded from.
 * @param {{ id: string; name: string }} file
 */
export const fileAddress = (file) => address(`/page/file/${encodeURIComponent(file.id)}/${encodeURIComponent(file.name)}`);

/**
 * All a person sees by now.
 * @param {string} as
 * @returns {Promise<import('../slack/protocol/page-api.ts').PageState>}
 */
export async function fetchState(as) {
  const answer = await fetch(address('/page/state', { as }), { headers: { accept: 'application/json' } });
  if (!answer.ok) throw new Error(`The playground answered ${answer.status}.`);
  return await answer.json();
}

/**
 * Sends what a person did. Undefined when it was taken, else the words that say why not.
 * @template {keyof PageRequests} Path
 * @param {Path} path
 * @param {PageRequests[Path]} body
 * @returns {Promise<string | undefined>}
 */
export async function post(path, body) {
  try {
    const headers = { 'content-type': 'application/json', 'x-page-key': key };
    const answer = await fetch(address(path), { method: 'POST', headers, body: JSON.stringify(body) });
    if (answer.ok) return undefined;
    const words = await answer.json().catch(() => ({}));
    return typeof words.error === 'string' ? words.error : `The playground answered ${answer.status}.`;
  } catch {
    return 'The playground is not reachable. Is it still running in the terminal?';
  }
}
