/** A record as a project of a task takes it, with the classes and splits that the import was told to rename. */

import { ringsXyxy } from '../../native-models/geometry/polygon.ts';
import { shapeXyxy } from '../../native-models/geometry/shape.ts';
import type { Split, Task } from '../../preload/contract/tasks.ts';
import type { ImageItem, SourceObject, SplitImage } from './import-items.ts';
import { RecordProblem } from './record-problem.ts';
import { splitOfName } from './split-names.ts';

/** What an import was told to call otherwise. */
export interface Renaming {
  /** By the source's name; null leaves the class out. */
  readonly classes: ReadonlyMap<string, string | null>;
  /** By the source's name; null leaves it open. */
  readonly splits: ReadonlyMap<string, Split | null>;
}

export interface Fitted {
  readonly item: SplitImage;
  /** Objects of classes that are left out. */
  readonly dropped: number;
  /** What was not taken over as it is, each in the same words for every record. */
  readonly remarks: readonly string[];
}

export const keepsObjects = (task: Task): boolean =>
  task === 'image-object-detection' || task === 'image-instance-segmentation';

/** Errors: RecordProblem when the record does not say what the task needs. */
export function fitTask(item: ImageItem, task: Task, renaming: Renaming, split: Split | null): Fitted {
  const kept = (item.objects ?? []).flatMap((object) => {
    const className = renamed(object.className, renaming);
    return className === null ? [] : [className === object.className ? object : { ...object, className }];
  });
  const dropped = (item.objects?.length ?? 0) - kept.length;
  const labels = [...new Set(item.labels.map((label) => renamed(label, renaming)).filter((label) => label !== null))];
  const remarks: string[] = [];
  const common = { ...item, split: splitOf(item, renaming, split) };
  if (item.isUnlabelled === true) return { item: common, dropped, remarks };
  if (keepsObjects(task)) {
    if (item.objects === null) {
      throw new RecordProblem('bad-label', `expected objects, as ${task} needs, got only what the whole image is`);
    }
    const objects = task === 'image-object-detection' ? kept.map((object) => boxOf(object, remarks)) : kept;
    if (task === 'image-instance-segmentation' && objects.some(({ shape }) => shape.kind === 'box')) {
      remarks.push('objects without an outline are kept as their boxes');
    }
    return { item: { ...common, labels: [], objects }, dropped, remarks };
  }
  const named = labels.length > 0 || item.objects === null ? labels : classesOf(kept, remarks);
  checkLabels(named, item, task);
  return { item: { ...common, labels: named, objects: null, badObjects: [] }, dropped, remarks };
}

function renamed(name: string, { classes }: Renaming): string | null {
  const other = classes.get(name);
  return other === undefined ? name : other;
}

function splitOf({ splitName }: ImageItem, { splits }: Renaming, fallback: Split | null): Split | null {
  if (splitName === null) return fallback;
  const told = splits.get(splitName);
  return told !== undefined ? told : (splitOfName(splitName) ?? fallback);
}

/** Of a rotated or crossing outline as of any other: what lies round it. */
function boxOf(object: SourceObject, remarks: string[]): SourceObject {
  const { shape, box, unit } = object;
  if (shape.kind === 'box' || (shape.kind === 'plane' && box === undefined)) return object;
  remarks.push('objects with an outline are kept as their boxes');
  if (shape.kind === 'plane') return { ...object, shape: { kind: 'box', xyxy: box! } };
  const xyxy = box ?? (shape.kind === 'rings' ? ringsXyxy(shape.rings) : shapeXyxy(shape));
  return { ...object, shape: { kind: 'box', xyxy }, unit: shape.kind === 'mask' && box === undefined ? 'px' : unit };
}

function classesOf(objects: readonly SourceObject[], remarks: string[]): string[] {
  if (objects.length > 0) remarks.push('the classes of the objects are taken for those of the image');
  return [...new Set(objects.map(({ className }) => className))];
}

function checkLabels(labels: readonly string[], { objects, labels: given }: ImageItem, task: Task): void {
  if (task !== 'image-classification' || labels.length === 1) return;
  if (labels.length === 0 && given.length > 0) {
    throw new RecordProblem('bad-label', `its class is left out (${given.join(', ')})`);
  }
  const source = objects === null ? '' : ' among its objects';
  const message = `expected one class for ${task}, got ${labels.length === 0 ? 'none' : labels.join(', ')}${source}`;
  throw new RecordProblem('bad-label', message);
}
