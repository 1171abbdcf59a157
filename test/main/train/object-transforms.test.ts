import { describe, expect, test } from 'vitest';
import { transformsOf } from '../../../main/train/object-transforms.ts';
import { type DetectorCard, findDetector, resolveFor } from '../../../native-models/catalog.ts';

const of = (model: string, given: Readonly<Record<string, unknown>>, pictures = [{ width: 1200, height: 800 }]) => {
  const card = findDetector(model) as DetectorCard;
  return transformsOf(resolveFor(card, given).values, card, pictures);
};
const SIZES = { min_size: 600, max_size: 1333 };

describe('the canvas of a run', () => {
  test('has room for the pictures as they are scaled', () => {
    const { training, validation } = of('retinanet_resnet50_fpn', SIZES);

    expect(validation.canvas).toEqual({ width: 928, height: 608 }); // 900 x 600
    expect(training.canvas).toEqual(validation.canvas);
  });

  test('has room for their tiles as well, which may be of other proportions', () => {
    const wide = of('retinanet_resnet50_fpn', { ...SIZES, tile_grid_size: '(1, 2)' }).validation;
    const tall = of('retinanet_resnet50_fpn', { ...SIZES, tile_grid_size: '(5, 1)' }).validation;

    expect(wide).toMatchObject({ canvas: { width: 1344, height: 608 } }); // 1200 x 457 become 1333 x 507
    expect(tall).toMatchObject({ canvas: { width: 928, height: 1344 } }); // 300 x 800 become 499 x 1333
    expect(tall.tiles).toEqual({ columns: 5, rows: 1, overlap01: 0.25 });
  });

  test('of a letterboxed model is the square it asks for, whatever the tiles', () => {
    const { training, validation } = of('yolox_nano', { img_size: 320, tile_grid_size: '(5, 1)' });

    expect([training.canvas, validation.canvas]).toEqual(new Array(2).fill({ width: 320, height: 320 }));
    expect(training.tiles).toEqual(validation.tiles);
  });
});
