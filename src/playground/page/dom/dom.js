// Builds elements and brings a part of the page up to date in place, so that focus, open parts, scroll and spinners survive a redraw.
// Text always becomes a text node: nothing on this page is ever parsed as HTML.

/** @typedef {Node | string | number | null | undefined | false | readonly Child[]} Child */

const HANDLERS = ['onclick', 'onchange', 'oninput', 'onkeydown', 'onsubmit', 'oncancel'];
/** What a person changes by using the page; a redraw leaves these attributes as they are. */
const KEPT = new Map([['DETAILS', ['open']]]);

/**
 * An element. Attributes that are null, undefined or false are left out, `true` is an empty attribute, functions become handlers.
 * @param {string} tag
 * @param {Record<string, unknown> | null} [attributes]
 * @param {...Child} children
 * @returns {HTMLElement}
 */
export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  setAttributes(element, attributes ?? {});
  append(element, children);
  return element;
}

/**
 * @param {Element} element
 * @param {Record<string, unknown>} attributes
 */
function setAttributes(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === 'function') /** @type {any} */ (element)[name] = value;
    else element.setAttribute(name, value === true ? '' : String(value));
  }
}

/**
 * @param {Element | DocumentFragment} parent
 * @param {readonly Child[]} children
 */
function append(parent, children) {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (Array.isArray(child)) append(parent, child);
    else parent.append(child instanceof Node ? child : String(child));
  }
}

/** What stands for an element that is made only when its parts have changed. @typedef {{ parts: readonly unknown[]; make: () => HTMLElement }} Lazy */
/** @type {WeakMap<Node, Lazy>} */
const lazies = new WeakMap();

/**
 * An element that is drawn anew only when one of `parts` is another than at the last drawing; a long list stays quick by it.
 * @param {string} key the `data-key` of what `make` answers
 * @param {readonly unknown[]} parts
 * @param {() => HTMLElement} make
 */
export function lazy(key, parts, make) {
  const stand = h('template', { 'data-key': key });
  lazies.set(stand, { parts, make });
  return stand;
}

/** @param {Lazy} a @param {Lazy | undefined} b */
const sameParts = (a, b) => b !== undefined && a.parts.length === b.parts.length && a.parts.every((part, at) => part === b.parts[at]);

/**
 * Makes the children of `parent` look like `next`, reusing the nodes that are there. Elements with `data-key` are found by it.
 * @param {Element} parent
 * @param {...Child} next
 */
export function draw(parent, ...next) {
  const wanted = document.createDocumentFragment();
  append(wanted, next);
  morphChildren(parent, wanted);
}

/** @param {Node} node */
const keyOf = (node) => (node instanceof HTMLElement ? node.dataset.key : undefined);

/**
 * @param {Node} parent
 * @param {Node} wanted
 */
function morphChildren(parent, wanted) {
  const keyed = new Map();
  for (const child of parent.childNodes) {
    const key = keyOf(child);
    if (key !== undefined) keyed.set(key, child);
  }
  let at = parent.firstChild;
  for (const given of [...wanted.childNodes]) {
    const key = keyOf(given);
    const found = key === undefined ? at : keyed.get(key);
    const later = lazies.get(given);
    if (later && found && sameParts(later, lazies.get(found))) {
      if (found === at) at = found.nextSibling;
      else parent.insertBefore(found, at);
      continue;
    }
    const next = later ? later.make() : given;
    const fits = found instanceof Node && found.nodeType === next.nodeType && found.nodeName === next.nodeName && keyOf(found) === key;
    if (later) lazies.set(fits ? found : next, later);
    if (!fits) {
      parent.insertBefore(next, at);
      continue;
    }
    if (found === at) at = found.nextSibling;
    else parent.insertBefore(found, at);
    morph(found, next);
  }
  while (at) {
    const gone = at;
    at = at.nextSibling;
    parent.removeChild(gone);
  }
}

/**
 * @param {Node} old
 * @param {Node} next
 */
function morph(old, next) {
  if (!(old instanceof Element) || !(next instanceof Element)) {
    if (old.nodeValue !== next.nodeValue) old.nodeValue = next.nodeValue;
    return;
  }
  const kept = KEPT.get(old.tagName) ?? [];
  for (const { name } of [...old.attributes]) if (!next.hasAttribute(name) && !kept.includes(name)) old.removeAttribute(name);
  for (const { name, value } of next.attributes) {
    if (!kept.includes(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  for (const name of HANDLERS) /** @type {any} */ (old)[name] = /** @type {any} */ (next)[name];
  morphChildren(old, next);
}

/**
 * The element of the shell with this id.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`index.html has no #${id}`);
  return found;
}

/**
 * The address if a browser may open it from text a stranger wrote, else undefined: `javascript:` and `data:` never.
 * @param {unknown} address
 */
export function safeUrl(address) {
  if (typeof address !== 'string') return undefined;
  const url = URL.parse(address);
  return url && ['http:', 'https:', 'mailto:'].includes(url.protocol) ? url.href : undefined;
}

/**
 * A link that opens in a new tab; only its words when the address is not one a browser may open.
 * @param {unknown} address
 * @param {...Child} words
 */
export function link(address, ...words) {
  const href = safeUrl(address);
  if (!href) return h('span', null, ...words);
  return h('a', { href, target: '_blank', rel: 'noopener noreferrer' }, ...words);
}
