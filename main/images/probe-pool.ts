/** Looks at images in child processes. */

import { fileURLToPath } from 'node:url';
import { ChildPool } from './child-pool.ts';
import type { Inspection } from './inspect.ts';
import type { ValuePlanes } from './value-planes.ts';

export interface ProbeRequest {
  readonly path: string;
  readonly wanted: 'inspection' | 'planes';
  readonly maxPixels: number | null;
}

export interface ProbePoolOptions {
  /** Child processes, started when first needed. */
  readonly workers: number;
  readonly maxPixels?: number;
  /** The program the children run. */
  readonly entry?: string;
}

const ENTRY = fileURLToPath(new URL('./probe-worker.ts', import.meta.url));

export class ProbePool {
  private readonly children: ChildPool<ProbeRequest, Inspection | ValuePlanes>;
  private readonly maxPixels: number | null;

  constructor({ workers, maxPixels, entry = ENTRY }: ProbePoolOptions) {
    this.children = new ChildPool({ workers, entry });
    this.maxPixels = maxPixels ?? null;
  }

  /**
   * Size, format, hash and warnings of an image file.
   * Errors: as `inspect`; image-unreadable also when the file took the decoder down.
   */
  async inspect(path: string): Promise<Inspection> {
    return (await this.children.ask({ path, wanted: 'inspection', maxPixels: this.maxPixels })) as Inspection;
  }

  /**
   * The pixels of each value of a picture whose values are objects or classes.
   * Errors: as `readPlanes`; image-unreadable also when the file took the decoder down.
   */
  async planes(path: string): Promise<ValuePlanes> {
    return (await this.children.ask({ path, wanted: 'planes', maxPixels: this.maxPixels })) as ValuePlanes;
  }

  /** Ends the children; what was still asked for is rejected as cancelled. */
  close(): void {
    this.children.close();
  }
}
