/** Projects that go out in a format and come back. */

import { join } from 'node:path';
import { exportDataset } from '../../main/data/export/export.ts';
import { importDataset } from '../../main/data/import.ts';
import { annotatedImages } from '../../main/store/annotations.ts';
import type { WriteProject } from '../../main/store/project.ts';
import type { ExportFormatName } from '../../preload/contract/transfers.ts';
import { tempFolder } from './folders.ts';
import { newProject } from './projects.ts';

export interface Content {
  readonly split: string | null;
  readonly objects: readonly object[];
}

/** What a project says of each picture, by its content; coordinates to a thousandth of a pixel. */
export function contentOf({ db }: WriteProject): Record<string, Content> {
  const rounded = (_: string, value: unknown) => (typeof value === 'number' ? Math.round(value * 1e3) / 1e3 : value);
  const entries = [...annotatedImages(db)].map(({ image, annotations }) => {
    const objects = annotations.map(({ id: _id, xyxy: _xyxy, ...rest }) => rest);
    const plain = JSON.parse(JSON.stringify(objects, rounded)) as object[];
    return [image.sha256, { split: image.split, objects: plain }] as const;
  });
  return Object.fromEntries(entries);
}

/** The project exported, and what an import makes of that. */
export async function roundTrip(from: WriteProject, format: ExportFormatName) {
  const out = join(tempFolder(), 'out');
  const exported = await exportDataset(from, { format, out });
  const back = newProject(undefined, from.info.task);
  const imported = await importDataset(back, out, { workers: 1 });
  return { exported, imported, back, out };
}

export const ALL_FLAGS = ['is_crowd', 'is_difficult', 'is_occluded', 'is_truncated'] as const;

/** The flags that a format holds. */
export const HELD_FLAGS: Partial<Record<ExportFormatName, readonly (typeof ALL_FLAGS)[number][]>> = {
  coco: ALL_FLAGS,
  labelme: ALL_FLAGS,
  via: ALL_FLAGS,
  cvat: ALL_FLAGS,
  csv: ALL_FLAGS,
  voc: ['is_difficult', 'is_occluded', 'is_truncated'],
  openimages: ['is_crowd', 'is_occluded', 'is_truncated'],
  jsonl: ['is_crowd'],
  yolo: [],
};
