// The proof of the sources: every file of the tree that came from the workspace, byte for byte.
import { type Bundle, sha256 } from '../model/bundle.ts';
import { withoutHeader } from '../model/notebooks.ts';
import type { SourceProof } from './proof.ts';

/** Compares the bytes of the tree with what the workspace gave; `edited` says that files may have been changed on request. */
export function compareSources(bundle: Pick<Bundle, 'files' | 'sources'>, edited: boolean): SourceProof {
  const byPath = new Map(bundle.files.map(({ path, bytes }) => [path, bytes]));
  const changed = bundle.sources.flatMap(({ path, file, sha256: wanted }): SourceProof['changed'][number][] => {
    const bytes = byPath.get(file);
    if (bytes !== undefined && sha256(bytes) === wanted) return [];
    if (bytes !== undefined && sha256(withoutHeader(bytes)) === wanted)
      return [{ path, file, why: 'got the notebook header that the export lacked', told: true }];
    if (edited) return [{ path, file, why: bytes === undefined ? 'taken out in the thread' : 'changed in the thread', told: true }];
    return [{ path, file, why: bytes === undefined ? 'is missing in the bundle' : 'holds other bytes than the workspace', told: false }];
  });
  return { files: bundle.sources.length, identical: bundle.sources.length - changed.length, changed };
}
