/**
 * Boxes of tracks on frames between key frames. A track runs through its key frames in order; after one that ends it, the
 * object is gone until the next.
 */

import { boxBetween } from '../../native-models/geometry/box.ts';
import type { Frame, TrackBox } from '../store/sequences.ts';

/** A box that nobody has set: it follows from the key frames before and after. */
export type BetweenBox = Pick<TrackBox, 'trackId' | 'imageId' | 'number' | 'className' | 'flags' | 'xyxy'>;

const isKey = ({ role }: TrackBox): boolean => role !== 'between';

/** Where objects were last, of tracks that have no key frame from this number on and have not ended. */
export function lastBoxes(boxes: readonly TrackBox[], number: number): TrackBox[] {
  return [...Map.groupBy(boxes.filter(isKey), ({ trackId }) => trackId).values()].flatMap((keys) => {
    const last = keys.at(-1)!;
    return last.number < number && last.role !== 'end' ? [last] : [];
  });
}

/**
 * Of every frame that lies between two key frames of a track and is none of them. Class and flags are those of the key frame before.
 * `boxes`: by track, then by frame. `frames`: by ascending number.
 */
export function betweenBoxes(boxes: readonly TrackBox[], frames: readonly Frame[]): BetweenBox[] {
  return [...Map.groupBy(boxes.filter(isKey), ({ trackId }) => trackId).values()].flatMap((keys) =>
    keys.slice(1).flatMap((after, i) => {
      const before = keys[i]!;
      if (before.role === 'end') return [];
      return frames
        .filter(({ number }) => number > before.number && number < after.number)
        .map(({ imageId, number }) => ({
          ...{ trackId: before.trackId, imageId, number, className: before.className, flags: before.flags },
          xyxy: boxBetween(before.xyxy, after.xyxy, (number - before.number) / (after.number - before.number)),
        }));
    }),
  );
}
