import { AppError } from '../../preload/contract/errors.ts';
import { decode, decodeBytes } from '../images/decode.ts';
import { toErrorRecord } from '../images/error-record.ts';
import type { Pixels } from '../images/pixels.ts';
import type { ImageScore, ImageSource } from './protocol.ts';

/** What is said of an image; one that cannot be read, or at which the model fails, has its reason instead. */
export async function scoreOrWhy(
  image: ImageSource,
  look: (pixels: Pixels) => Promise<ImageScore>,
): Promise<ImageScore> {
  try {
    return await look(
      'path' in image ? await decode(image.path) : await decodeBytes(image.name, Buffer.from(image.bytes)),
    );
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { error: toErrorRecord(error) };
  }
}
