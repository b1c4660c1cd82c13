// Whether a file is text: only bytes that are UTF-8 are.

/** The text of bytes that are UTF-8; undefined for anything else. */
export function fileText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
