/**
 * Every format that is read, the most particular first: the first that recognises a source reads it. Before the last three,
 * which take nearly anything, formats are refused that are known and not read.
 */

import { coco } from './coco.ts';
import { cvat } from './cvat.ts';
import type { FormatReader } from './format.ts';
import { sequence, video } from './frames.ts';
import { imageList } from './image-list.ts';
import { kitti } from './kitti.ts';
import { labelme } from './labelme.ts';
import { openImages } from './open-images.ts';
import { panoptic } from './panoptic.ts';
import { via } from './via.ts';
import { voc } from './voc.ts';
import { vott } from './vott.ts';
import { csv, folder, jsonl } from './whole-images.ts';
import { yolo } from './yolo.ts';

export const FIRST_FORMATS: readonly FormatReader[] = [
  video,
  jsonl,
  coco,
  panoptic,
  via,
  labelme,
  cvat,
  voc,
  openImages,
  kitti,
  yolo,
  vott,
  imageList,
];

export const LAST_FORMATS: readonly FormatReader[] = [csv, folder, sequence];
