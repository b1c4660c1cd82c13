// Work on foreign sources in stretches: others have their turn between two of them, however much there is and whoever asks.

/** What is done in one go, in units of about a microsecond on a quick machine; our choice, far below the 50 ms that a message may take. */
const STRETCH = 10_000;

let spent = 0;
let turn: Promise<void> | undefined;

/** Says how much work was done just now, for all sources together. */
export function spend(units: number): void {
  spent += units;
}

/** Waits, where enough was done in one go, until others have had their turn. Of many that wait some may find that they have to again. */
export async function rest(): Promise<void> {
  while (spent >= STRETCH) {
    turn ??= new Promise((resolve) => {
      setImmediate(() => {
        spent = 0;
        turn = undefined;
        resolve();
      });
    });
    await turn;
  }
}
