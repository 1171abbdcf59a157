/** The truth in the formats that Lightbench imports: JSON Lines per task, and COCO JSON with run lengths. */

import { PART_LABELS } from './render/parts.ts';
import type { ImageTruth, PartTruth } from './truth.ts';

const common = ({ path, width, height }: ImageTruth) => ({
  image_url: path,
  image_details: { format: 'jpg', width, height },
});

const toLines = (values: readonly object[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join('');

/** One line per picture, its label a string. Every picture must have one. */
export function classificationLines(images: readonly ImageTruth[]): string {
  return toLines(images.map((image) => ({ ...common(image), label: image.label })));
}

/** One line per picture, its label a list of boxes in fractions of the picture's sides. */
export function boxLines(images: readonly ImageTruth[]): string {
  const box = ({ label, xyxy: [x0, y0, x1, y1] }: PartTruth, { width, height }: ImageTruth) => ({
    label,
    topX: x0 / width,
    topY: y0 / height,
    bottomX: x1 / width,
    bottomY: y1 / height,
    isCrowd: 0,
  });
  return toLines(images.map((image) => ({ ...common(image), label: image.parts.map((part) => box(part, image)) })));
}

/** Seven decimals: a thousandth of a pixel even in the widest picture, at half the length of the file. */
const rounded = (fraction01: number): number => Math.round(fraction01 * 1e7) / 1e7;

/** One line per picture, its label a list of polygons in fractions of its sides; an outline inside another is a hole. */
export function polygonLines(images: readonly ImageTruth[]): string {
  const polygon = ({ label, outlines }: PartTruth, { width, height }: ImageTruth) => ({
    label,
    isCrowd: 0,
    polygon: outlines.map((outline) => outline.map((value, i) => rounded(value / (i % 2 === 0 ? width : height)))),
  });
  return toLines(images.map((image) => ({ ...common(image), label: image.parts.map((part) => polygon(part, image)) })));
}

/**
 * COCO JSON: boxes as x, y, width, height in pixels, masks as uncompressed run lengths, the hidden share of every part,
 * and, for pictures of one part, which annotation that is. Ids count from 1.
 */
export function cocoJson(images: readonly ImageTruth[]): string {
  const annotations = images.flatMap((image) =>
    image.parts.map((part, i) => ({ image, part, isMain: image.label !== null && i === 0 })),
  );
  return JSON.stringify({
    info: { description: 'Rendered workshop parts' },
    images: images.map(({ index, path, width, height }) => ({ id: index + 1, file_name: path, width, height })),
    categories: PART_LABELS.map((name, i) => ({ id: i + 1, name, supercategory: 'part' })),
    annotations: annotations.map(({ image, part, isMain }, i) => {
      const [x0, y0, x1, y1] = part.xyxy;
      return {
        id: i + 1,
        image_id: image.index + 1,
        category_id: PART_LABELS.indexOf(part.label) + 1,
        iscrowd: 0,
        bbox: [x0, y0, x1 - x0, y1 - y0],
        area: part.areaPx,
        segmentation: { size: [image.height, image.width], counts: part.runs },
        occluded_fraction: part.occludedFraction01,
        is_main: isMain,
      };
    }),
  });
}
