/** Pixels of a picture, looked at in a thread of their own; a question that is no longer wanted ends with its thread. */

import type { Size } from '../../../native-models/geometry/box.ts';
import type { Mask } from '../../../native-models/geometry/mask.ts';
import type { PixelRequest } from './request.ts';
import type { FromPixelWorker, ToPixelWorker } from './worker.ts';

interface Asked {
  readonly resolve: (mask: Mask | null) => void;
  readonly reject: (error: unknown) => void;
}

/** A picture in one piece, or where the tiles of a large one are. */
export type PixelOrigin = { readonly picture: ImageBitmapSource } | { readonly tiles: string };

export class WorkerPixels {
  private readonly origin: PixelOrigin;
  private readonly size: Size;
  /** Begun with the first question. */
  private worker: Promise<Worker> | null = null;
  private readonly asked = new Map<number, Asked>();
  private lastId = 0;

  /** `size`: of the image in pixels, whatever the picture's own. */
  constructor(origin: PixelOrigin, size: Size) {
    this.origin = origin;
    this.size = size;
  }

  async ask(request: PixelRequest, signal: AbortSignal): Promise<Mask | null> {
    this.worker ??= this.begin();
    const worker = await this.worker;
    signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      const id = ++this.lastId;
      this.asked.set(id, { resolve, reject });
      const onAbort = () => {
        // An answer on its way is not waited for: another thread takes over.
        if (this.asked.has(id)) this.end(signal.reason);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      worker.postMessage({ kind: 'ask', id, request } satisfies ToPixelWorker);
    });
  }

  close(): void {
    this.end(new Error('the picture is no longer shown'));
  }

  private async begin(): Promise<Worker> {
    const { origin } = this;
    const bitmap = 'picture' in origin ? await createImageBitmap(origin.picture) : null;
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
    worker.addEventListener('message', ({ data }: MessageEvent<FromPixelWorker>) => this.hear(data));
    worker.addEventListener('error', ({ message }) => this.end(new Error(`The picture's pixels: ${message}`)));
    if (bitmap !== null) {
      worker.postMessage({ kind: 'picture', bitmap, ...this.size } satisfies ToPixelWorker, [bitmap]);
    } else if ('tiles' in origin) {
      worker.postMessage({ kind: 'tiles', address: origin.tiles, ...this.size } satisfies ToPixelWorker);
    }
    return worker;
  }

  private hear(message: FromPixelWorker): void {
    const asked = this.asked.get(message.id);
    this.asked.delete(message.id);
    if ('problem' in message) asked?.reject(new Error(message.problem));
    else asked?.resolve(message.mask);
  }

  private end(reason: unknown): void {
    const { worker } = this;
    this.worker = null;
    // best effort: a thread that could not begin needs no end, and whoever asked it was told
    worker?.then((thread) => thread.terminate()).catch(() => {});
    for (const { reject } of this.asked.values()) reject(reason);
    this.asked.clear();
  }
}
