/** Makes objects of the boxes between key frames, in place of those that were made of other key frames before. */

import type { SequenceView } from '../../preload/contract/sequences.ts';
import { addAnnotations, annotationsOf, removeAnnotation } from '../store/annotations.ts';
import type { ReadDb, WriteDb } from '../store/db.ts';
import { frameOf, framesOf, sequenceName, trackBoxes } from '../store/sequences.ts';
import { type BetweenBox, betweenBoxes, lastBoxes } from './tracks.ts';

/** `trackIds`: null for every track of the sequence. The caller makes it one transaction, and one that can be undone. */
export function fillTracks(db: WriteDb, sequenceId: number, trackIds: readonly number[] | null): void {
  const isWanted = ({ trackId }: { readonly trackId: number }) => trackIds === null || trackIds.includes(trackId);
  const present = trackBoxes(db, sequenceId).filter(isWanted);
  const filled = new Map<number, Set<number>>();
  for (const { trackId, imageId } of present.filter(({ role }) => role === 'between')) {
    filled.set(imageId, (filled.get(imageId) ?? new Set()).add(trackId));
  }
  const wanted = betweenBoxes(present, framesOf(db, sequenceId));
  for (const [imageId, tracks] of filled) {
    for (const { id, track } of annotationsOf(db, imageId)) {
      if (track?.role === 'between' && tracks.has(track.id)) removeAnnotation(db, id);
    }
  }
  for (const [imageId, boxes] of Map.groupBy(wanted, (box) => box.imageId)) {
    const objects = boxes.map(({ trackId, className, flags, xyxy }) => ({
      ...{ ...flags, class_name: className, shape: { kind: 'box', xyxy } as const, source: 'interpolated' as const },
      track: { id: trackId, role: 'between' as const },
    }));
    addAnnotations(db, imageId, objects);
  }
}

/** Null for an image that is no frame. */
export function sequenceView(db: ReadDb, imageId: number): SequenceView | null {
  return db.snapshot(() => {
    const frame = frameOf(db, imageId);
    if (frame === null) return null;
    const frames = framesOf(db, frame.sequenceId);
    const boxes = trackBoxes(db, frame.sequenceId);
    const present = new Set(boxes.filter((box) => box.imageId === imageId).map(({ trackId }) => trackId));
    return {
      id: frame.sequenceId,
      name: sequenceName(db, frame.sequenceId),
      images: frames.map((one) => one.imageId),
      numbers: frames.map(({ number }) => number),
      tracks: [...Map.groupBy(boxes, ({ trackId }) => trackId)].map(([id, own]) => ({
        id,
        class_name: own[0]!.className,
        key_images: own.filter(({ role }) => role !== 'between').map((box) => box.imageId),
        end_images: own.filter(({ role }) => role === 'end').map((box) => box.imageId),
      })),
      between: [
        ...toldBoxes(betweenBoxes(boxes, [frame]), false),
        ...toldBoxes(lastBoxes(boxes, frame.number), true),
      ].filter(({ track_id }) => !present.has(track_id)),
    };
  });
}

const toldBoxes = (boxes: readonly BetweenBox[], is_after: boolean) =>
  boxes.map(({ trackId, className, flags, xyxy }) => ({
    track_id: trackId,
    class_name: className,
    flags,
    xyxy,
    is_after,
  }));
