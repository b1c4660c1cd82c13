// Who looks at the team hears what changed: pages over SSE and people that wait in tests.
import type { View } from '../protocol/page-api.ts';
import type { StoredEphemeral, StoredMessage } from './state.ts';

export type Change =
  | { readonly kind: 'message'; readonly message: StoredMessage }
  | { readonly kind: 'removed'; readonly channel: string; readonly ts: string }
  | { readonly kind: 'ephemeral'; readonly ephemeral: StoredEphemeral }
  | { readonly kind: 'ephemeral_removed'; readonly id: string; readonly to: string }
  | { readonly kind: 'modal'; readonly user: string; readonly view: View | null; readonly errors?: Readonly<Record<string, string>> }
  | { readonly kind: 'home'; readonly user: string; readonly view: View }
  | { readonly kind: 'toast'; readonly user: string; readonly text: string }
  /** Membership or the agent's status changed: what a viewer sees must be read anew. */
  | { readonly kind: 'other' };

export interface Changes {
  emit(change: Change): void;
  /** @returns a function that stops listening */
  listen(listener: (change: Change) => void): () => void;
}

export function createChanges(): Changes {
  const listeners = new Set<(change: Change) => void>();
  return {
    emit(change) {
      for (const listener of [...listeners]) listener(change);
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
