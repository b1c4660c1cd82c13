// The proof of the sources: every file of the tree that came from the workspace, byte for byte.
import { type Bundle, sha256 } from '../model/bundle.ts';
import type { SourceProof } from './proof.ts';

const HEADER = /^(#|--|\/\/) Databricks notebook source\n/;

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

/** Whether a file of the tree holds what the workspace gave, apart from the header that a notebook got. */
export function sameBytes(bytes: Uint8Array, wanted: string): boolean {
  return sha256(bytes) === wanted || sha256(withoutHeader(bytes)) === wanted;
}

function withoutHeader(bytes: Uint8Array): Uint8Array {
  const head = HEADER.exec(new TextDecoder().decode(bytes.subarray(0, 40)));
  return head === null ? bytes : bytes.subarray(head[0].length);
}
