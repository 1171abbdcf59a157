/** The thread that unpacks pictures and makes them smaller, one after the other. */

import type { Size } from '../../../native-models/geometry/box.ts';
import { messageOf } from '../../../preload/contract/errors.ts';

export interface ToLevelWorker {
  readonly id: number;
  readonly file: Blob;
  /** The largest first. */
  readonly sizes: readonly Size[];
}

export type FromLevelWorker =
  | { readonly id: number; readonly levels: readonly ImageBitmap[] }
  | { readonly id: number; readonly problem: string };

/** What this file needs of the thread it runs in. */
interface Thread {
  onmessage: ((event: MessageEvent<ToLevelWorker>) => void) | null;
  postMessage(message: FromLevelWorker, transfer: readonly ImageBitmap[]): void;
}
const thread = globalThis as unknown as Thread;

let turn: Promise<void> = Promise.resolve();

thread.onmessage = ({ data }) => {
  turn = turn.then(() => answer(data));
};

async function answer({ id, file, sizes }: ToLevelWorker): Promise<void> {
  try {
    const levels = await levelsOf(file, sizes);
    thread.postMessage({ id, levels }, levels);
  } catch (error) {
    thread.postMessage({ id, problem: messageOf(error) }, []);
  }
}

/** Each is made of the one before, which has fewer pixels to read than the file. */
async function levelsOf(file: Blob, sizes: readonly Size[]): Promise<ImageBitmap[]> {
  const whole = await createImageBitmap(file);
  const levels: ImageBitmap[] = [];
  for (const { width, height } of sizes) {
    const from = levels.at(-1) ?? whole;
    const isSame = from === whole && whole.width === width && whole.height === height;
    const made = { resizeWidth: width, resizeHeight: height, resizeQuality: 'high' } as const;
    levels.push(isSame ? whole : await createImageBitmap(from, made));
  }
  if (!levels.includes(whole)) whole.close();
  return levels;
}
