/** Has a thread unpack pictures and make them smaller, so that neither halts the window. */

import type { Size } from '../../../native-models/geometry/box.ts';
import type { FromLevelWorker, ToLevelWorker } from './level-worker.ts';
import type { PictureReader } from './picture-levels.ts';

interface Asked {
  readonly resolve: (levels: ImageBitmap[]) => void;
  readonly reject: (error: Error) => void;
}

export class LevelMaker implements PictureReader {
  private worker: Worker | null = null;
  private readonly asked = new Map<number, Asked>();
  private lastId = 0;

  make(file: Blob, sizes: readonly Size[]): Promise<ImageBitmap[]> {
    this.worker ??= this.begin();
    const id = ++this.lastId;
    this.worker.postMessage({ id, file, sizes } satisfies ToLevelWorker);
    return new Promise((resolve, reject) => this.asked.set(id, { resolve, reject }));
  }

  close(): void {
    this.end(new Error('pictures are no longer shown'));
  }

  private begin(): Worker {
    const worker = new Worker(new URL('./level-worker.ts', import.meta.url), { type: 'module' });
    worker.addEventListener('message', ({ data }: MessageEvent<FromLevelWorker>) => {
      const asked = this.asked.get(data.id);
      this.asked.delete(data.id);
      if ('problem' in data) asked?.reject(new Error(data.problem));
      else asked?.resolve([...data.levels]);
    });
    worker.addEventListener('error', ({ message }) => this.end(new Error(`The thread of pictures: ${message}`)));
    return worker;
  }

  private end(reason: Error): void {
    this.worker?.terminate();
    this.worker = null;
    for (const { reject } of this.asked.values()) reject(reason);
    this.asked.clear();
  }
}
