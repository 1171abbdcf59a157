/** The thread that looks at pixels: it is handed the picture once, then answers one question after the other. */

import type { Mask } from '../../../native-models/geometry/mask.ts';
import { messageOf } from '../../../preload/contract/errors.ts';
import { PixelAnswers } from './answer.ts';
import type { PixelRequest } from './request.ts';
import { tileReader } from './tile-reader.ts';

export type ToPixelWorker =
  | { readonly kind: 'picture'; readonly bitmap: ImageBitmap; readonly width: number; readonly height: number }
  /** A large picture: where its tiles are. */
  | { readonly kind: 'tiles'; readonly address: string; readonly width: number; readonly height: number }
  | { readonly kind: 'ask'; readonly id: number; readonly request: PixelRequest };

export type FromPixelWorker =
  | { readonly id: number; readonly mask: Mask | null }
  | { readonly id: number; readonly problem: string };

/** What this file needs of the thread it runs in. */
interface Thread {
  onmessage: ((event: MessageEvent<ToPixelWorker>) => void) | null;
  postMessage(message: FromPixelWorker): void;
}
const thread = globalThis as unknown as Thread;

let answers: PixelAnswers | null = null;

function open({ bitmap, width, height }: Extract<ToPixelWorker, { kind: 'picture' }>): PixelAnswers {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  return new PixelAnswers({
    size: { width, height },
    read: async ([x0, y0, x1, y1]) => {
      const { data } = context.getImageData(x0, y0, x1 - x0, y1 - y0);
      return { width: x1 - x0, height: y1 - y0, rgba: data };
    },
  });
}

thread.onmessage = async ({ data: message }) => {
  if (message.kind === 'picture') {
    answers = open(message);
    return;
  }
  if (message.kind === 'tiles') {
    const { address, width, height } = message;
    answers = new PixelAnswers(tileReader(address, { width, height }));
    return;
  }
  try {
    thread.postMessage({ id: message.id, mask: await answers!.answer(message.request) });
  } catch (error) {
    thread.postMessage({ id: message.id, problem: messageOf(error) });
  }
};
