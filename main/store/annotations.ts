/** The objects of pictures: what they are, where, and drawn how. */

import type { Xyxy } from '../../native-models/geometry/box.ts';
import { type Shape, type ShapeKind, shapeArea, shapeXyxy } from '../../native-models/geometry/shape.ts';
import { ANNOTATION_FLAGS, type AnnotationFlags } from '../../preload/contract/annotation-flags.ts';
import type { LabelSource, Track, TrackRole } from '../../preload/contract/labelling.ts';
import { geometryText, shapeOf } from './annotation-geometry.ts';
import { ensureClass } from './classes.ts';
import type { ReadDb, SqlValue, WriteDb } from './db.ts';
import { type ImageRow, labelledImagePage } from './images.ts';

export interface NewAnnotation extends AnnotationFlags {
  readonly class_name: string;
  /** In pixels of the upright image, with an area. */
  readonly shape: Shape;
  /** Where the source has one, as COCO's does, from which its small, medium and large objects are told; else the shape's. */
  readonly area_px2?: number;
  /** Absent where a person has drawn it, or an import brought it. */
  readonly source?: LabelSource;
  /** The object through the frames of a sequence; of boxes alone. */
  readonly track?: Track | null;
}

export interface Annotation extends NewAnnotation {
  readonly area_px2: number;
  /** Never given twice in a project. */
  readonly id: number;
  /** The smallest box round the shape. */
  readonly xyxy: Xyxy;
}

/** A picture with its objects, in the order in which they were added. */
export interface AnnotatedImage {
  readonly image: ImageRow;
  readonly annotations: readonly Annotation[];
}

/** Flags as the database has them. */
export type StoredFlags = { readonly [Flag in keyof AnnotationFlags]: 0 | 1 };

interface StoredAnnotation extends StoredFlags {
  readonly id: number;
  readonly image_id: number;
  readonly class_id: number;
  readonly kind: ShapeKind;
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
  readonly area_px2: number;
  readonly geometry: string | null;
  readonly source: LabelSource | null;
  readonly track_id: number | null;
  readonly track_role: TrackRole | null;
}

const PAGE_IMAGES = 500;

/** Adds objects to a picture, which counts as labelled from then on, be it with none; returns their ids. */
export function addAnnotations(db: WriteDb, imageId: number, annotations: readonly NewAnnotation[]): number[] {
  return db.transaction(() => {
    const classIdOf = classIds(db);
    const ids = annotations.map((annotation) =>
      insert(db, imageId, null, annotation, classIdOf(annotation.class_name)),
    );
    db.prepare('UPDATE images SET is_labelled = 1 WHERE id = ?').run(imageId);
    return ids;
  });
}

/**
 * Adds the objects of many pictures, which count as labelled already: as rows of one statement, of which each costs less
 * than half of what it costs alone.
 */
export function addManyAnnotations(
  db: WriteDb,
  pictures: readonly { readonly id: number; readonly annotations: readonly NewAnnotation[] }[],
): void {
  db.transaction(() => {
    const classIdOf = classIds(db);
    let values: SqlValue[] = [];
    const write = () => {
      if (values.length > 0) db.prepare(insertOf(values.length / COLUMNS)).run(...values);
      values = [];
    };
    for (const { id, annotations } of pictures) {
      for (const annotation of annotations) {
        values.push(null, id, classIdOf(annotation.class_name), ...columnsOf(annotation));
        if (values.length === ROWS_PER_STATEMENT * COLUMNS) write();
      }
    }
    write();
  });
}

/** Puts an object back under the id it had. */
export function restoreAnnotation(db: WriteDb, imageId: number, annotation: Annotation): void {
  const { id, xyxy: _, ...rest } = annotation;
  db.transaction(() => insert(db, imageId, id, rest, ensureClass(db, annotation.class_name)));
}

/** Draws or names an object otherwise. */
export function changeAnnotation(db: WriteDb, annotation: Annotation): void {
  const { id, class_name, shape, area_px2, ...flags } = annotation;
  db.transaction(() => {
    db.prepare(`
      UPDATE annotations SET class_id = ?, kind = ?, x0 = ?, y0 = ?, x1 = ?, y1 = ?, area_px2 = ?, geometry = ?,
                             is_crowd = ?, is_difficult = ?, is_occluded = ?, is_truncated = ?, source = ?,
                             track_id = ?, track_role = ?
      WHERE id = ?`).run(ensureClass(db, class_name), ...columnsOf({ shape, area_px2, ...flags }), id);
  });
}

export function removeAnnotation(db: WriteDb, id: number): void {
  db.prepare('DELETE FROM annotations WHERE id = ?').run(id);
}

function insert(db: WriteDb, imageId: number, id: number | null, annotation: NewAnnotation, classId: number): number {
  const { lastInsertRowid } = db.prepare(insertOf(1)).run(id, imageId, classId, ...columnsOf(annotation));
  return Number(lastInsertRowid);
}

const COLUMNS = 17;
const ROWS_PER_STATEMENT = 64;
const ROW = `(${Array(COLUMNS).fill('?').join(', ')})`;

/** One text for each number of rows, at most `ROWS_PER_STATEMENT` of them. */
const insertOf = (rows: number): string => `
  INSERT INTO annotations (id, image_id, class_id, kind, x0, y0, x1, y1, area_px2, geometry,
                           is_crowd, is_difficult, is_occluded, is_truncated, source, track_id, track_role)
  VALUES ${Array(rows).fill(ROW).join(', ')}`;

type Columns = Omit<NewAnnotation, 'class_name'>;

/** From `kind` on, in the order of the table. */
function columnsOf({ shape, area_px2 = shapeArea(shape), source, track = null, ...flags }: Columns): SqlValue[] {
  const marks = ANNOTATION_FLAGS.map((flag) => Number(flags[flag]));
  const kept = [source ?? null, track?.id ?? null, track?.role ?? null];
  return [shape.kind, ...shapeXyxy(shape), area_px2, geometryText(shape), ...marks, ...kept];
}

/** Ids of classes by name, each looked up or made once. */
function classIds(db: WriteDb): (name: string) => number {
  const known = new Map<string, number>();
  return (name) => {
    const id = known.get(name) ?? ensureClass(db, name);
    known.set(name, id);
    return id;
  };
}

/** The object of that id, if the picture has it. */
export function annotationOf(db: ReadDb, imageId: number, id: number): Annotation | null {
  const row = db
    .prepare(`
      SELECT annotations.*, name FROM annotations JOIN classes ON classes.id = class_id
      WHERE annotations.id = ? AND image_id = ?`)
    .get(id, imageId) as (StoredAnnotation & { readonly name: string }) | undefined;
  return row === undefined ? null : toAnnotation(row, new Map([[row.class_id, row.name]]));
}

export const OF_IMAGE = 'SELECT * FROM annotations WHERE image_id = ? ORDER BY id';
export const OF_IMAGES = 'SELECT * FROM annotations WHERE image_id BETWEEN ? AND ? ORDER BY image_id, id';
export const OBJECTS_PER_CLASS = `
  SELECT name, (SELECT count(*) FROM annotations WHERE class_id = classes.id) AS objects FROM classes ORDER BY name`;

/** The objects of a picture, in the order in which they were added. */
export function annotationsOf(db: ReadDb, imageId: number): Annotation[] {
  const names = namesById(db);
  return (db.prepare(OF_IMAGE).all(imageId) as StoredAnnotation[]).map((row) => toAnnotation(row, names));
}

/**
 * Every labelled picture with its objects in order of its id, a page of pictures in memory at a time. Each page is read on
 * one snapshot of the database, and other work may go on between pages.
 */
export function* annotatedImages(db: ReadDb, pageImages: number = PAGE_IMAGES): Generator<AnnotatedImage> {
  let page = annotatedPage(db, 0, pageImages);
  while (page.length > 0) {
    yield* page;
    page = annotatedPage(db, page.at(-1)!.image.id, pageImages);
  }
}

/** Objects per class, ascending by name, classes without one included. */
export function objectCounts(db: ReadDb): Record<string, number> {
  const rows = db.prepare(OBJECTS_PER_CLASS).all() as { name: string; objects: number }[];
  return Object.fromEntries(rows.map(({ name, objects }) => [name, objects]));
}

function annotatedPage(db: ReadDb, afterId: number, pageImages: number): AnnotatedImage[] {
  return db.snapshot(() => {
    const images = labelledImagePage(db, afterId, pageImages);
    if (images.length === 0) return [];
    const names = namesById(db);
    const byImage = new Map<number, Annotation[]>(images.map(({ id }) => [id, []]));
    const rows = db.prepare(OF_IMAGES).all(images[0]!.id, images.at(-1)!.id) as StoredAnnotation[];
    for (const row of rows) byImage.get(row.image_id)?.push(toAnnotation(row, names));
    return images.map((image) => ({ image, annotations: byImage.get(image.id)! }));
  });
}

/** One text a class, so that a million objects share it. */
function namesById(db: ReadDb): ReadonlyMap<number, string> {
  const rows = db.prepare('SELECT id, name FROM classes').all() as { id: number; name: string }[];
  return new Map(rows.map(({ id, name }) => [id, name]));
}

function toAnnotation(row: StoredAnnotation, names: ReadonlyMap<number, string>): Annotation {
  const xyxy: Xyxy = [row.x0, row.y0, row.x1, row.y1];
  return {
    id: row.id,
    class_name: names.get(row.class_id)!,
    shape: shapeOf(row.kind, xyxy, row.geometry),
    xyxy,
    area_px2: row.area_px2,
    ...toFlags(row),
    ...(row.source === null ? {} : { source: row.source }),
    ...(row.track_id === null ? {} : { track: { id: row.track_id, role: row.track_role! } }),
  };
}

export const toFlags = (row: StoredFlags): AnnotationFlags => ({
  is_crowd: row.is_crowd === 1,
  is_difficult: row.is_difficult === 1,
  is_occluded: row.is_occluded === 1,
  is_truncated: row.is_truncated === 1,
});
