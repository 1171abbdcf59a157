/** Where the bytes of a file come from: memory, or a disk that is asked for one part after another. */

export interface ByteSource {
  readonly sizeBytes: number;
  /** Exactly that many bytes, which lie inside the file: whoever asks has checked that. */
  readonly read: (offset: number, sizeBytes: number) => Uint8Array;
}

export function memorySource(bytes: Uint8Array): ByteSource {
  return { sizeBytes: bytes.length, read: (offset, sizeBytes) => bytes.subarray(offset, offset + sizeBytes) };
}

/** Whether a range lies inside the file. */
export function isInside({ sizeBytes }: ByteSource, offset: number, length: number): boolean {
  return Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0
    ? offset + length <= sizeBytes
    : false;
}
