// Keeps a pane at its newest message while the reader is there, and where it was while they read further up.

/** Pixels from the bottom that still count as being there. */
const NEAR = 80;

/** @param {readonly HTMLElement[]} boxes */
export function createScroller(boxes) {
  /** What each box showed at the last drawing. @type {string[]} */
  let shown = [];
  return {
    /** @param {string[]} showing one name per box @param {() => void} drawing */
    around(showing, drawing) {
      const follow = boxes.map((box, at) => shown[at] !== showing[at] || box.scrollHeight - box.scrollTop - box.clientHeight < NEAR);
      drawing();
      for (const [at, box] of boxes.entries()) if (follow[at]) box.scrollTop = box.scrollHeight;
      shown = showing;
    },
  };
}
