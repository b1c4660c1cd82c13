// The types that everything around blocks shares: a block, and what it needs from the place it stands in.

/** @typedef {import('../text/inline.js').Names} Names */
/** A block or an element as the bot sent it. @typedef {{ readonly type: string; readonly [key: string]: any }} Kit */

/**
 * What blocks need from the place they stand in.
 * @typedef {object} Place
 * @property {Names} names
 * @property {string} key tells this message or view from all others
 * @property {(block: Kit, element: Kit, value: string | undefined) => void} act a click, after its confirm dialog
 * @property {(block: Kit, element: Kit) => boolean} busy whether a click on it is under way
 * @property {Readonly<Record<string, string>>} [errors] a modal's words under its inputs
 */

export {};
