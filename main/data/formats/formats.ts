/** Every format that is read, the most particular first: the first that recognises a source reads it. */

import { coco } from './coco.ts';
import type { FormatReader } from './format.ts';
import { csv, folder, jsonl } from './whole-images.ts';

export const FORMATS: readonly FormatReader[] = [jsonl, coco, csv, folder];
