/** Key frames of tracks, as the edits that set them. */

import type { Annotation, Change, Track } from '../../../preload/contract/labelling.ts';
import type { BetweenBox, SequenceView } from '../../../preload/contract/sequences.ts';

/** A box that follows from key frames, or from the last one, set here. */
export function keyed({ track_id, class_name, flags, xyxy }: BetweenBox): Change {
  const track = { id: track_id, role: 'key' } as const;
  return { type: 'add', annotation: { class_name, shape: { kind: 'box', xyxy }, ...flags, track } };
}

/** A person says what an object is to its track, so it is theirs. */
export function withTrack(before: Annotation, track: Track): Change {
  const { source: _, ...object } = before;
  return { type: 'replace', before, after: { ...object, track } };
}

/** The object is gone after this frame, or, where that was said, goes on. */
export const endTurned = (before: Annotation & { readonly track: Track }): Change =>
  withTrack(before, { id: before.track.id, role: before.track.role === 'end' ? 'key' : 'end' });

export const isTracked = (annotation: Annotation): annotation is Annotation & { readonly track: Track } =>
  annotation.track !== undefined && annotation.track !== null;

/** Images of key frames in order: of the tracks named, of all where none is. */
export function keyImages({ images, tracks }: SequenceView, of: ReadonlySet<number>): number[] {
  const wanted = tracks.filter(({ id }) => of.size === 0 || of.has(id));
  const keys = new Set(wanted.flatMap(({ key_images }) => key_images));
  return images.filter((image) => keys.has(image));
}

/** The nearest of some images before or after one in the sequence; null where there is none. */
export function beside(
  { images }: SequenceView,
  image: number,
  by: 1 | -1,
  among: readonly number[] = images,
): number | null {
  const at = images.indexOf(image);
  const places = among.map((one) => images.indexOf(one)).filter((place) => (by === 1 ? place > at : place < at));
  const nearest = by === 1 ? Math.min(...places) : Math.max(...places);
  return places.length === 0 ? null : images[nearest]!;
}
