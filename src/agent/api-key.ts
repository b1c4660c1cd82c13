// The key of one run's calls: asked for each request, and once for another one where the far side refuses it.

export interface Key {
  readonly get: () => Promise<string>;
  /** After the last one was refused: whether there is another one now. A sign-in is renewed once, not for ever. */
  readonly isRenewed: () => Promise<boolean>;
}

export function createKey(ask: (refused?: string) => Promise<string>): Key {
  let used: string | undefined;
  let refused: string | undefined;
  return {
    async get() {
      used = await ask(refused);
      return used;
    },
    async isRenewed() {
      if (refused !== undefined || used === undefined) return false;
      refused = used;
      // What goes wrong here is said by the refusal itself.
      const next = await ask(refused).catch(() => refused);
      return next !== refused;
    },
  };
}
