/** Frames of videos and picture sequences, and the tracks of objects through them. */

import type { Size, Xyxy } from '../../native-models/geometry/box.ts';
import type { AnnotationFlags } from '../../preload/contract/annotation-flags.ts';
import type { TrackRole } from '../../preload/contract/labelling.ts';
import { type StoredFlags, toFlags } from './annotations.ts';
import type { ReadDb, WriteDb } from './db.ts';

/** A video, or a folder of pictures, as it was imported. */
export interface SequenceSource {
  readonly name: string;
  /** What was imported and how: equal for an import that is repeated. */
  readonly source: string;
  /** Of the frames' numbers; null where the source does not say. */
  readonly framesPerS: number | null;
}

export interface Frame {
  readonly imageId: number;
  readonly sequenceId: number;
  /** Its place in the source, from 0. */
  readonly number: number;
}

/** A box of a track on a frame. */
export interface TrackBox {
  readonly trackId: number;
  readonly imageId: number;
  readonly number: number;
  readonly role: TrackRole;
  readonly className: string;
  readonly flags: AnnotationFlags;
  readonly xyxy: Xyxy;
}

/** The sequence of that source, made where there is none yet. */
export function ensureSequence(db: WriteDb, { name, source, framesPerS }: SequenceSource): number {
  db.prepare('INSERT OR IGNORE INTO sequences (name, source, frames_per_s) VALUES (?, ?, ?)').run(
    name,
    source,
    framesPerS,
  );
  return (db.prepare('SELECT id FROM sequences WHERE source = ?').get(source) as { id: number }).id;
}

/** Says that an image is a frame; one that is a frame already, or a number that is taken, stays. */
export function addFrame(db: WriteDb, { imageId, sequenceId, number }: Frame): void {
  db.prepare('INSERT OR IGNORE INTO frames (image_id, sequence_id, number) VALUES (?, ?, ?)').run(
    imageId,
    sequenceId,
    number,
  );
}

/** Null for an image that is no frame. */
export function frameOf(db: ReadDb, imageId: number): Frame | null {
  const row = db.prepare('SELECT * FROM frames WHERE image_id = ?').get(imageId) as StoredFrame | undefined;
  return row === undefined ? null : toFrame(row);
}

/** By ascending number. */
export function framesOf(db: ReadDb, sequenceId: number): Frame[] {
  const rows = db.prepare('SELECT * FROM frames WHERE sequence_id = ? ORDER BY number').all(sequenceId);
  return (rows as StoredFrame[]).map(toFrame);
}

export function sequenceName(db: ReadDb, sequenceId: number): string {
  return (db.prepare('SELECT name FROM sequences WHERE id = ?').get(sequenceId) as { name: string }).name;
}

/** A sequence as a whole. */
export interface SequenceFacts {
  readonly id: number;
  readonly name: string;
  /** Of its frames' numbers; null where the source does not say. */
  readonly framesPerS: number | null;
  /** Of its frames, ascending. */
  readonly numbers: readonly number[];
  /** Of every frame; null where they differ. */
  readonly size: Size | null;
  readonly hasTracks: boolean;
}

export function sequenceFacts(db: ReadDb, id: number): SequenceFacts {
  return db.snapshot(() => {
    const row = db
      .prepare(`
        SELECT name, frames_per_s,
               EXISTS (SELECT 1 FROM frames JOIN annotations ON annotations.image_id = frames.image_id
                       WHERE frames.sequence_id = sequences.id AND track_id IS NOT NULL) AS has_tracks
        FROM sequences WHERE id = ?`)
      .get(id) as { name: string; frames_per_s: number | null; has_tracks: 0 | 1 };
    const sizes = db
      .prepare(`
        SELECT DISTINCT width_px AS width, height_px AS height FROM frames JOIN images ON images.id = image_id
        WHERE sequence_id = ? LIMIT 2`)
      .all(id) as Size[];
    return {
      ...{ id, name: row.name, framesPerS: row.frames_per_s, hasTracks: row.has_tracks === 1 },
      numbers: framesOf(db, id).map(({ number }) => number),
      size: sizes.length === 1 ? sizes[0]! : null,
    };
  });
}

export function addTrack(db: WriteDb, sequenceId: number): number {
  return (db.prepare('INSERT INTO tracks (sequence_id) VALUES (?) RETURNING id').get(sequenceId) as { id: number }).id;
}

/** The track that a source calls so, made where the sequence has none of that name yet. */
export function ensureTrack(db: WriteDb, sequenceId: number, name: string): number {
  const row = db.prepare('SELECT id FROM tracks WHERE sequence_id = ? AND name = ?').get(sequenceId, name);
  if (row !== undefined) return (row as { id: number }).id;
  const made = db.prepare('INSERT INTO tracks (sequence_id, name) VALUES (?, ?) RETURNING id').get(sequenceId, name);
  return (made as { id: number }).id;
}

/** The sequence that a track is in; null for one that is not there. */
export function sequenceOfTrack(db: ReadDb, trackId: number): number | null {
  const row = db.prepare('SELECT sequence_id FROM tracks WHERE id = ?').get(trackId) as
    | { sequence_id: number }
    | undefined;
  return row?.sequence_id ?? null;
}

export const TRACK_BOXES = `
  SELECT annotations.track_id, annotations.track_role, annotations.image_id, frames.number, classes.name, x0, y0, x1, y1,
         is_crowd, is_difficult, is_occluded, is_truncated
  FROM frames JOIN annotations ON annotations.image_id = frames.image_id JOIN classes ON classes.id = class_id
  WHERE frames.sequence_id = ? AND annotations.track_id IS NOT NULL ORDER BY annotations.track_id, frames.number`;

/** Every box of a track in a sequence, by track, then by frame. */
export function trackBoxes(db: ReadDb, sequenceId: number): TrackBox[] {
  return (db.prepare(TRACK_BOXES).all(sequenceId) as StoredTrackBox[]).map((row) => ({
    trackId: row.track_id,
    imageId: row.image_id,
    number: row.number,
    role: row.track_role,
    className: row.name,
    flags: toFlags(row),
    xyxy: [row.x0, row.y0, row.x1, row.y1],
  }));
}

interface StoredFrame {
  readonly image_id: number;
  readonly sequence_id: number;
  readonly number: number;
}

interface StoredTrackBox extends StoredFlags {
  readonly track_id: number;
  readonly track_role: TrackRole;
  readonly image_id: number;
  readonly number: number;
  readonly name: string;
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

const toFrame = ({ image_id, sequence_id, number }: StoredFrame): Frame => ({
  imageId: image_id,
  sequenceId: sequence_id,
  number,
});
