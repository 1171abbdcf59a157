/** Objects found in boxes on photographs whose outlines people drew. */

import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { type Shape, shapeMask, shapeXyxy } from '../../../../native-models/geometry/shape.ts';
import { PixelAnswers } from '../../../../renderer/label/pixels/answer.ts';
import { iouOf, readerOf } from '../../../kit/rasters.ts';
import { describeWithShared, sharedPath } from '../../../kit/shared.ts';

const SET = 'data/fruits-nuts';

interface Coco {
  readonly images: readonly { readonly id: number; readonly file_name: string }[];
  readonly annotations: readonly { readonly image_id: number; readonly segmentation: readonly number[][] }[];
}

describeWithShared('finding objects on real photographs', [SET], () => {
  test('boxes of people become outlines that agree with theirs: nine in ten pixels at the median', {
    timeout: 120_000,
  }, async () => {
    const coco = JSON.parse(readFileSync(sharedPath(SET, 'coco', 'trainval.json'), 'utf8')) as Coco;
    const [image] = coco.images;
    const { data, info } = await sharp(sharedPath(SET, 'images', image!.file_name.split('/').at(-1)!))
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const answers = new PixelAnswers(readerOf({ ...info, rgba: data }));

    const objects = coco.annotations.filter(({ image_id }) => image_id === image!.id);
    const ious = await Promise.all(
      objects.map(async ({ segmentation }) => {
        const shape: Shape = { kind: 'polygon', polygon: segmentation.map((outline) => ({ outline, holes: [] })) };
        const found = await answers.answer({ kind: 'refine', box: shapeXyxy(shape), inside: [], outside: [] });
        return iouOf(found, shapeMask(shape, info));
      }),
    );
    ious.sort((a, b) => a - b);

    expect(ious.length).toBeGreaterThan(8);
    expect(ious[ious.length >> 1]).toBeGreaterThan(0.9);
    expect(ious[0]).toBeGreaterThan(0.75);
  });
});
