/** Small pictures and fingerprints of images, made in child processes. */

import { fileURLToPath } from 'node:url';
import { ChildPool } from './child-pool.ts';

export interface LookRequest {
  readonly path: string;
  readonly wanted: 'thumbnail' | 'fingerprint';
}

const ENTRY = fileURLToPath(new URL('./look-worker.ts', import.meta.url));

export class LookPool {
  private readonly children: ChildPool<LookRequest, Uint8Array | string>;

  /** The children are started when first needed. */
  constructor(workers: number) {
    this.children = new ChildPool({ workers, entry: ENTRY });
  }

  /** A JPEG. Errors: those of `decode`; cancelled when the signal was aborted first. */
  async thumbnail(path: string, signal?: AbortSignal): Promise<Uint8Array> {
    return (await this.children.ask({ path, wanted: 'thumbnail' }, signal)) as Uint8Array;
  }

  /** 16 hexadecimal digits. Errors: as `thumbnail`. */
  async fingerprint(path: string, signal?: AbortSignal): Promise<string> {
    return (await this.children.ask({ path, wanted: 'fingerprint' }, signal)) as string;
  }

  close(): void {
    this.children.close();
  }
}
