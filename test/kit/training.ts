/** A project small enough to train on in a test, and the settings for it. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { importDataset } from '../../main/data/import.ts';
import type { TrainingRequest } from '../../main/schedule/run-training.ts';
import { createProject, type WriteProject } from '../../main/store/project.ts';
import { rngFrom } from '../../native-models/core/rng.ts';
import { FakeClock } from './clock.ts';
import { writeJsonl } from './data-sets.ts';
import { tempFolder } from './folders.ts';
import { newProject } from './projects.ts';

const SIDE = 32;

/** Noise about a mean grey, one PNG an image: bright and dark are told apart at once. */
export async function writeShades(folder: string, each: number): Promise<string> {
  for (const [name, mean] of [
    ['bright', 170],
    ['dark', 80],
  ] as const) {
    mkdirSync(join(folder, name), { recursive: true });
    for (let i = 0; i < each; i++) {
      const rng = rngFrom(i, name);
      const pixels = Uint8Array.from({ length: SIDE * SIDE * 3 }, () => mean + 40 * (rng.uniform() - 0.5));
      await sharp(pixels, { raw: { width: SIDE, height: SIDE, channels: 3 } })
        .png()
        .toFile(join(folder, name, `${i}.png`));
    }
  }
  return folder;
}

/** A project with `each` bright and as many dark images; the caller closes one in a folder of its own. */
export async function shadesProject(each = 15, folder?: string): Promise<WriteProject> {
  const identity = { clock: new FakeClock(), owner: 'lightbench test', task: 'image-classification' } as const;
  const project = folder === undefined ? newProject() : createProject(folder, identity);
  const pictures = folder === undefined ? tempFolder() : `${folder}-pictures`;
  await importDataset(project, await writeShades(pictures, each));
  return project;
}

/** Noise with much red, much blue, both or neither: every fourth image has no class. */
function writeTints(folder: string, count: number): Promise<{ image_url: string; label: string[] }[]> {
  mkdirSync(folder, { recursive: true });
  return Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const [isRed, isBlue] = [(i & 1) === 1, (i & 2) === 2];
      const rng = rngFrom(i, 'tint');
      const means = [isRed ? 190 : 60, 120, isBlue ? 190 : 60];
      const pixels = Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, k) => means[k % 3]! + 60 * (rng.uniform() - 0.5));
      const name = `${String(i).padStart(3, '0')}.png`;
      await sharp(pixels, { raw: { width: SIDE, height: SIDE, channels: 3 } })
        .png()
        .toFile(join(folder, name));
      return { image_url: name, label: [...(isRed ? ['red'] : []), ...(isBlue ? ['blue'] : [])] };
    }),
  );
}

/** A multi-label project of so many tinted images; the caller closes one in a folder of its own. */
export async function tintsProject(count = 32, folder?: string): Promise<WriteProject> {
  const task = 'image-classification-multilabel';
  const identity = { clock: new FakeClock(), owner: 'lightbench test', task } as const;
  const project = folder === undefined ? newProject(undefined, task) : createProject(folder, identity);
  const pictures = folder === undefined ? tempFolder() : `${folder}-pictures`;
  await importDataset(project, writeJsonl(join(pictures, 'tints.jsonl'), await writeTints(pictures, count)));
  return project;
}

export const SMALL = {
  number_of_epochs: 3,
  training_batch_size: 8,
  validation_batch_size: 4,
  train_crop_size: SIDE,
  valid_crop_size: SIDE,
  valid_resize_size: SIDE,
  number_of_workers: 1,
} as const;

export function request(given: Readonly<Record<string, unknown>> = {}, model = 'resnet18'): TrainingRequest {
  return { model, given: { ...SMALL, ...given }, device: 'cpu', threads: 2, weights: null };
}

/** Dark noise with one bright rectangle each, a tall one or a wide one, as rows of the specification's JSON Lines. */
export async function writeRectangles(folder: string, count: number): Promise<unknown[]> {
  const side = 2 * SIDE;
  mkdirSync(folder, { recursive: true });
  return Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const rng = rngFrom(i, 'rectangle');
      const [width, height] = i % 2 === 0 ? [14, 30] : [30, 14];
      const [left, top] = [Math.floor(rng.uniform() * (side - width)), Math.floor(rng.uniform() * (side - height))];
      const isInside = (x: number, y: number) => x >= left && x < left + width && y >= top && y < top + height;
      const pixels = Uint8Array.from({ length: side * side * 3 }, (_, k) => {
        const pixel = Math.floor(k / 3);
        return (isInside(pixel % side, Math.floor(pixel / side)) ? 190 : 50) + 40 * rng.uniform();
      });
      const name = `${String(i).padStart(3, '0')}.png`;
      await sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
        .png()
        .toFile(join(folder, name));
      const [topX, topY, bottomX, bottomY] = [left, top, left + width, top + height].map((at) => at / side);
      const split = i % 4 === 3 ? 'validation' : 'train';
      const label = { label: i % 2 === 0 ? 'tall' : 'wide', topX, topY, bottomX, bottomY, isCrowd: 0 };
      return { image_url: name, split, label: [label] };
    }),
  );
}

/** A detection project of so many pictures, every fourth of them for validation. */
export async function rectanglesProject(count = 16): Promise<WriteProject> {
  const project = newProject(undefined, 'image-object-detection');
  const pictures = tempFolder();
  await importDataset(project, writeJsonl(join(pictures, 'boxes.jsonl'), await writeRectangles(pictures, count)));
  return project;
}

/** Settings for it. */
export function detectorRequest(model: string, given: Readonly<Record<string, unknown>> = {}): TrainingRequest {
  const { number_of_workers, validation_batch_size } = SMALL;
  const sizes =
    model.includes('rcnn') || model.includes('retina')
      ? { min_size: 2 * SIDE, max_size: 4 * SIDE }
      : { img_size: 2 * SIDE };
  const small = { number_of_workers, validation_batch_size, training_batch_size: 4, ...sizes };
  return { model, given: { ...small, ...given }, device: 'cpu', threads: 2, weights: null };
}

/** The same rectangles as outlines. */
export async function writeOutlines(folder: string, count: number): Promise<unknown[]> {
  const rows = (await writeRectangles(folder, count)) as {
    readonly label: readonly [Readonly<Record<'topX' | 'topY' | 'bottomX' | 'bottomY', number>> & { label: string }];
  }[];
  return rows.map((row) => {
    const [{ label, topX, topY, bottomX, bottomY }] = row.label;
    return {
      ...row,
      label: [{ label, isCrowd: 0, polygon: [[topX, topY, bottomX, topY, bottomX, bottomY, topX, bottomY]] }],
    };
  });
}
