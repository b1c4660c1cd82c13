// What a deployment would change against what runs in its place, and what of it a person should see: kept with its proposal.

export interface FileChange {
  /** In the bundle. */
  readonly path: string;
  readonly change: 'added' | 'changed' | 'removed';
  readonly lines?: { readonly added: number; readonly removed: number } | undefined;
  readonly byHand: boolean;
}
