/**
 * What an edit of many images has changed, value by value. While an edit is made, triggers of this connection alone write
 * down every row it changes, whatever changes it: imports and other writers pay nothing for it. Turned back, or forward
 * again, only what still has the value that is expected is touched; the rest was changed since and stays.
 */

import type { ReadDb, SqlValue, WriteDb } from './db.ts';
import { DONE, settleLabelled } from './labelled.ts';
import { projectInfo } from './project-info.ts';

interface JournalledTable {
  readonly key: readonly string[];
  /** Columns that change together, by the part's name; of a table without any, rows come and go. */
  readonly parts: Readonly<Record<string, readonly string[]>>;
  /** The column that names the image a row belongs to, whose history tells of the edit; null where it is of none. */
  readonly image: string | null;
  /** Whether rows come and go with an edit; images come with an import. */
  readonly comesAndGoes: boolean;
  /** Further columns of a row, which an edit never changes. */
  readonly fixed: readonly string[];
  /** SQL that says of a row whether something needs it. */
  readonly isNeeded: string | null;
}

const TABLES: Readonly<Record<string, JournalledTable>> = {
  images: {
    key: ['id'],
    parts: { split: ['split'], review: ['review', 'review_note'], labelled: ['is_labelled'] },
    image: 'id',
    comesAndGoes: false,
    fixed: [],
    isNeeded: null,
  },
  classes: {
    key: ['id'],
    parts: { name: ['name'], color: ['color'] },
    image: null,
    comesAndGoes: true,
    fixed: [],
    isNeeded: `EXISTS (SELECT 1 FROM labels WHERE class_id = classes.id)
      OR EXISTS (SELECT 1 FROM annotations WHERE class_id = classes.id)`,
  },
  merged_classes: { key: ['class_id'], parts: {}, image: null, comesAndGoes: true, fixed: ['into_id'], isNeeded: null },
  labels: {
    key: ['image_id', 'class_id'],
    parts: {},
    image: 'image_id',
    comesAndGoes: true,
    fixed: [],
    isNeeded: `EXISTS (SELECT 1 FROM annotations
      WHERE annotations.image_id = labels.image_id AND annotations.class_id = labels.class_id)`,
  },
  tags: {
    key: ['id'],
    parts: {},
    image: null,
    comesAndGoes: true,
    fixed: ['name'],
    isNeeded: 'EXISTS (SELECT 1 FROM image_tags WHERE tag_id = tags.id)',
  },
  image_tags: {
    key: ['image_id', 'tag_id'],
    parts: {},
    image: 'image_id',
    comesAndGoes: true,
    fixed: [],
    isNeeded: null,
  },
  annotations: {
    key: ['id'],
    parts: { class: ['class_id'] },
    image: 'image_id',
    comesAndGoes: true,
    fixed: [
      ...['image_id', 'kind', 'x0', 'y0', 'x1', 'y1', 'area_px2', 'geometry'],
      ...['is_crowd', 'is_difficult', 'is_occluded', 'is_truncated', 'source'],
      // Last, as entries from before there were tracks end without them.
      ...['track_id', 'track_role'],
    ],
    isNeeded: null,
  },
};

/** A row's part as it was and as it was left. */
export interface JournalledChange {
  readonly part: string;
  readonly key: readonly SqlValue[];
  readonly before: readonly SqlValue[] | null;
  readonly after: readonly SqlValue[] | null;
  readonly image: number | null;
}

type Part = JournalledTable & {
  readonly table: string;
  readonly columns: readonly string[];
  readonly isWhole: boolean;
};

/** By the names under which the journal has them: a table for whole rows, and `table.part`. */
const PARTS: ReadonlyMap<string, Part> = new Map(
  Object.entries(TABLES).flatMap(([table, told]): [string, Part][] => [
    [table, { ...told, table, columns: [...Object.values(told.parts).flat(), ...told.fixed], isWhole: true }],
    ...Object.entries(told.parts).map(([name, columns]): [string, Part] => [
      `${table}.${name}`,
      { ...told, table, columns, isWhole: false },
    ]),
  ]),
);

/** Runs `work` with every change of a row written down under an edit. */
export function journalled<T>(db: WriteDb, edit: number, work: () => T): T {
  db.prepare('CREATE TEMP TABLE IF NOT EXISTS edit_in_progress (id INTEGER)').run();
  db.prepare('DELETE FROM temp.edit_in_progress').run();
  db.prepare('INSERT INTO temp.edit_in_progress (id) VALUES (?)').run(edit);
  for (const { sql } of TRIGGERS) db.prepare(sql).run();
  try {
    return work();
  } finally {
    for (const { name } of TRIGGERS) db.prepare(`DROP TRIGGER temp.${name}`).run();
  }
}

/** What an edit has changed, in order. */
export function journalOf(db: ReadDb, edit: number): JournalledChange[] {
  const rows = db.prepare('SELECT * FROM edit_changes WHERE edit_id = ? ORDER BY id').all(edit) as StoredChange[];
  const list = (text: string | null, length: number) => {
    if (text === null) return null;
    const values = JSON.parse(text) as SqlValue[];
    return Array.from({ length }, (_, i) => values[i] ?? null);
  };
  const widthOf = (part: string) => PARTS.get(part)!.columns.length;
  return rows.map(({ part, key_json, before_json, after_json, image_id }) => ({
    part,
    key: JSON.parse(key_json) as SqlValue[],
    before: list(before_json, widthOf(part)),
    after: list(after_json, widthOf(part)),
    image: image_id,
  }));
}

interface StoredChange {
  readonly part: string;
  readonly key_json: string;
  readonly before_json: string | null;
  readonly after_json: string | null;
  readonly image_id: number | null;
}

/**
 * Makes of each `before` its `after`, where it is as `before`; returns those that are neither, which stay as they are.
 * Rows that join two others go first, and what they join last, so that what nothing needs any more can go. Whether images
 * count as labelled follows from what is left.
 */
export function turn(db: WriteDb, changes: readonly JournalledChange[]): JournalledChange[] {
  const hasOneClass = projectInfo(db).task === 'image-classification';
  const follows = followingLabels(changes);
  const own = changes.filter(
    ({ part, key }) => part !== 'images.labelled' && (part !== 'labels' || !follows.has(String(key))),
  );
  const looked = new Set(changes.filter(({ part }) => BEAR_ON_LABELLED.has(part)).map(({ image }) => image!));
  const {
    joins = [],
    others = [],
    joined = [],
  } = Object.groupBy(own, ({ part, after }) => {
    if (after !== null) return 'others';
    return JOINS.has(part) ? 'joins' : JOINED.has(part) ? 'joined' : 'others';
  });
  const isLeft = (change: JournalledChange) => !turnOne(db, change, hasOneClass);
  const left = [...joins, ...others].filter(isLeft);
  if (hasOneClass) left.push(...keepForDone(db, [...looked], joins));
  left.push(...joined.filter(isLeft));
  settleLabelled(db, [...looked]);
  return left;
}

/** Where each image has one class, one that is done is not without: a label that was just taken off it comes back, and is told. */
function keepForDone(
  db: WriteDb,
  images: readonly number[],
  taken: readonly JournalledChange[],
): readonly JournalledChange[] {
  const rows = db.prepare(WITHOUT_THEIR_CLASS).all(JSON.stringify(images)) as { id: number }[];
  const bare = new Set(rows.map(({ id }) => id));
  const kept = taken.filter(({ part, image }) => part === 'labels' && bare.has(image!));
  for (const { key } of kept) addLabel(db, key, true);
  return kept;
}

const WITHOUT_THEIR_CLASS = `
  SELECT id FROM images WHERE id IN (SELECT value FROM json_each(?)) AND review IN ${DONE}
    AND NOT EXISTS (SELECT 1 FROM labels WHERE image_id = images.id)`;

/** Labels of images, as `image,class`, of which objects were changed as well: they follow these by themselves. */
function followingLabels(changes: readonly JournalledChange[]): ReadonlySet<string> {
  const ofObjects = changes.filter(({ part }) => part === 'annotations' || part === 'annotations.class');
  return new Set(ofObjects.flatMap(({ image, before, after }) => [before, after].map((of) => `${image},${of?.[0]}`)));
}

/** Of which it depends whether images count as labelled. */
const BEAR_ON_LABELLED: ReadonlySet<string> = new Set(['images.labelled', 'images.review', 'labels', 'annotations']);
const JOINS: ReadonlySet<string> = new Set(['labels', 'image_tags']);
const JOINED: ReadonlySet<string> = new Set(['classes', 'tags']);

/** Whether the row is as it should be, be it that it was before. */
function turnOne(db: WriteDb, { part: name, key, before, after }: JournalledChange, hasOneClass: boolean): boolean {
  const part = PARTS.get(name)!;
  if (before === null) return name === 'labels' ? addLabel(db, key, hasOneClass) : bringRow(db, part, key, after!);
  return after === null ? removeRow(db, part, key, before) : changeRow(db, part, key, before, after);
}

/** Where each image has one class, one that was given another since keeps it. */
function addLabel(db: WriteDb, key: readonly SqlValue[], hasOneClass: boolean): boolean {
  const [image, label] = key as [number, number];
  const others = 'SELECT 1 FROM labels WHERE image_id = ? AND class_id <> ?';
  if (hasOneClass && db.prepare(others).get(image, label) !== undefined) return false;
  db.prepare('INSERT OR IGNORE INTO labels (image_id, class_id) VALUES (?, ?)').run(image, label);
  return true;
}

function bringRow(db: WriteDb, part: Part, key: readonly SqlValue[], values: readonly SqlValue[]): boolean {
  const columns = [...part.key, ...part.columns];
  const places = columns.map(() => '?').join(', ');
  const orIgnore = part.columns.length === 0 ? 'OR IGNORE' : '';
  db.prepare(`INSERT ${orIgnore} INTO ${part.table} (${columns.join(', ')}) VALUES (${places})`).run(...key, ...values);
  return true;
}

function removeRow(db: WriteDb, part: Part, key: readonly SqlValue[], values: readonly SqlValue[]): boolean {
  const isFree = part.isNeeded === null ? '' : `AND NOT (${part.isNeeded})`;
  const { changes } = db
    .prepare(`DELETE FROM ${part.table} WHERE ${are(part.key)} ${andAre(part.columns)} ${isFree}`)
    .run(...key, ...values);
  return changes > 0 || !isThere(db, part, key);
}

function changeRow(
  db: WriteDb,
  part: Part,
  key: readonly SqlValue[],
  before: readonly SqlValue[],
  after: readonly SqlValue[],
): boolean {
  const sets = part.columns.map((column) => `${column} = ?`).join(', ');
  const { changes } = db
    .prepare(`UPDATE ${part.table} SET ${sets} WHERE ${are(part.key)} ${andAre(part.columns)}`)
    .run(...after, ...key, ...before);
  if (changes > 0) return true;
  const isAfter = `SELECT 1 FROM ${part.table} WHERE ${are(part.key)} ${andAre(part.columns)}`;
  return db.prepare(isAfter).get(...key, ...after) !== undefined;
}

const are = (columns: readonly string[]): string => columns.map((column) => `${column} IS ?`).join(' AND ');
const andAre = (columns: readonly string[]): string => (columns.length === 0 ? '' : `AND ${are(columns)}`);
const isThere = (db: ReadDb, part: Part, key: readonly SqlValue[]): boolean =>
  db.prepare(`SELECT 1 FROM ${part.table} WHERE ${are(part.key)}`).get(...key) !== undefined;

function triggersOf(name: string, part: Part): { name: string; sql: string }[] {
  const { table, key, columns, image, isWhole } = part;
  const list = (of: 'old' | 'new', names: readonly string[]) =>
    `json_array(${names.map((column) => `${of}.${column}`).join(', ')})`;
  const trigger = (when: 'insert' | 'update' | 'delete', event: string) => {
    const [before, after] = [when === 'insert' ? null : 'old', when === 'delete' ? null : 'new'] as const;
    const some = (after ?? before)!;
    const named = `journal_${name.replace('.', '_')}_${when}`;
    const values = [before, after].map((of) => (of === null ? 'NULL' : list(of, columns)));
    return {
      name: named,
      sql: `
        CREATE TEMP TRIGGER ${named} AFTER ${event} BEGIN
          INSERT INTO edit_changes (edit_id, part, key_json, before_json, after_json, image_id)
          VALUES ((SELECT id FROM edit_in_progress), '${name}', ${list(some, key)}, ${values.join(', ')},
                  ${image === null ? 'NULL' : `${some}.${image}`});
        END`,
    };
  };
  if (isWhole) {
    const rows = [trigger('insert', `INSERT ON main.${table}`), trigger('delete', `DELETE ON main.${table}`)];
    return part.comesAndGoes ? rows : [];
  }
  const differs = columns.map((column) => `old.${column} IS NOT new.${column}`).join(' OR ');
  return [trigger('update', `UPDATE OF ${columns.join(', ')} ON main.${table} WHEN ${differs}`)];
}

const TRIGGERS = [...PARTS].flatMap(([name, part]) => triggersOf(name, part));
