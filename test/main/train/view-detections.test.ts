import { describe, expect, test } from 'vitest';
import { mapOf } from '../../../main/images/objects/canvas-view.ts';
import { type EvaluationTransform, evaluationPlacement } from '../../../main/images/objects/object-views.ts';
import { movedBox } from '../../../main/images/objects/objects.ts';
import { partOf } from '../../../main/images/objects/tiles.ts';
import { type OnCanvas, objectsIn } from '../../../main/train/view-detections.ts';
import type { Xyxy } from '../../../native-models/geometry/box.ts';

const SIZE = { width: 1200, height: 800 };
const TILES = { columns: 3, rows: 2, overlap01: 0.25 };
const MERGING = { overlap: 0.25, isPerClass: true, most: 100 };
const NOTHING: OnCanvas = { boxes: [], labels: [], scores: [], masks: null };

const letterbox: EvaluationTransform = { kind: 'letterbox', canvas: { width: 320, height: 320 }, tiles: TILES };
const scaled: EvaluationTransform = {
  ...{ kind: 'scaled', canvas: { width: 448, height: 320 }, tiles: TILES },
  ...{ minSizePx: 300, maxSizePx: 400 },
};

/** A box of the image as a view of it shows it, cut off by nothing. */
function seenOn(transform: EvaluationTransform, part: number, [x0, y0, x1, y1]: Xyxy): Xyxy {
  const { x, y, w, h } = partOf(SIZE, TILES, part);
  const map = mapOf(evaluationPlacement({ width: w, height: h }, transform));
  return movedBox(map, [x0 - x, y0 - y, x1 - x, y1 - y]);
}

const views = (of: Readonly<Record<number, OnCanvas>>) => Array.from({ length: 7 }, (_, part) => of[part] ?? NOTHING);

describe.each([
  ['letterboxed', letterbox],
  ['scaled', scaled],
])('what is seen in %s tiles', (_, transform) => {
  const viewing = { transform, merging: MERGING, maskThreshold: null };

  test.each([0, 1, 2, 3, 4, 5, 6])('comes back from view %i to where it is on the image', (part) => {
    const { x, y } = partOf(SIZE, TILES, part);
    const box: Xyxy = [x + 50, y + 60, x + 130, y + 90];
    const view = { boxes: [seenOn(transform, part, box)], labels: [1], scores: [0.5], masks: null };

    const [found, ...others] = objectsIn(views({ [part]: view }), SIZE, viewing);

    expect(others).toEqual([]);
    expect(found).toMatchObject({ label: 1, score: 0.5 });
    for (const [i, side] of found!.box.entries()) expect(side).toBeCloseTo(box[i]!, 6);
  });

  test('is one object where two tiles and the whole show it, at its best', () => {
    const box: Xyxy = [380, 100, 460, 140]; // on the first two tiles
    const shown = (part: number, score: number) => {
      return { boxes: [seenOn(transform, part, box)], labels: [0], scores: [score], masks: null };
    };

    const found = objectsIn(views({ 0: shown(0, 0.4), 1: shown(1, 0.8), 2: shown(2, 0.6) }), SIZE, viewing);

    expect(found.map(({ score }) => score)).toEqual([0.8]);
  });

  test('ends at the edge of its tile', () => {
    const beyond: Xyxy = [440, 100, 520, 140]; // the first tile ends at 480
    const view = { boxes: [seenOn(transform, 1, beyond)], labels: [0], scores: [0.9], masks: null };

    const [found] = objectsIn(views({ 1: view }), SIZE, viewing);

    for (const [i, side] of [440, 100, 480, 140].entries()) expect(found!.box[i]).toBeCloseTo(side, 6);
  });
});
