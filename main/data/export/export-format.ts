/** What a writer of a data set format is, and what it is given. */

import type { Split, Task } from '../../../preload/contract/tasks.ts';
import type { Annotation } from '../../store/annotations.ts';
import type { ImageRow } from '../../store/images.ts';
import type { SequenceFacts } from '../../store/sequences.ts';
import type { Losses } from '../losses.ts';
import { UNASSIGNED } from '../split-names.ts';
import type { ExportFolder } from './export-folder.ts';

/** A labelled picture with the name it has in the exported folder. */
export interface ExportedImage {
  readonly image: ImageRow;
  /** The file's own name, which no other has in the whole data set, whatever its ending and the case. */
  readonly name: string;
  /** Ascending. */
  readonly labels: readonly string[];
  /** None for tasks of whole images. */
  readonly annotations: readonly Annotation[];
}

/** Where an image is a frame, and what is known of its sequence. */
export interface ExportedFrame {
  readonly number: number;
  readonly sequence: SequenceFacts;
}

export interface ExportContext {
  readonly folder: ExportFolder;
  /** Null for an image that is no frame. */
  readonly frameOf: (image: ImageRow) => ExportedFrame | null;
  readonly task: Task;
  /** Ascending by name. */
  readonly classes: readonly string[];
  /** Where what the format cannot hold is counted. */
  readonly losses: Losses;
}

export interface DatasetWriter {
  /** Writes what the format says of a picture, and returns the paths, from the folder, where the picture belongs. */
  add(exported: ExportedImage): readonly string[];
  /** Completes what was begun. */
  end(): void;
}

export interface ExportFormat {
  readonly tasks: readonly Task[];
  /** Objects may have another area than their shape. */
  readonly holdsAreas?: boolean;
  /** Boxes may be of a track; the writer says itself what it cannot keep of them. */
  readonly holdsTracks?: boolean;
  open(context: ExportContext): DatasetWriter;
}

export const ALL_TASKS: readonly Task[] = [
  'image-classification',
  'image-classification-multilabel',
  'image-object-detection',
  'image-instance-segmentation',
];
export const OBJECT_TASKS: readonly Task[] = ['image-object-detection', 'image-instance-segmentation'];

/** What the folder or file of a split is called. */
export const splitFolder = (split: Split | null): string => split ?? UNASSIGNED;

/** Without the ending. */
export const stemOf = (name: string): string => name.slice(0, name.lastIndexOf('.'));

/** Units: image pixels, to a millionth. */
export const decimal = (value: number): string => String(Math.round(value * 1e6) / 1e6);
