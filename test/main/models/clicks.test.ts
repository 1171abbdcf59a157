import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openEngine } from '../../../main/engine.ts';
import { ClickQueue } from '../../../main/train/imported/click-queue.ts';
import type { Xyxy } from '../../../native-models/geometry/box.ts';
import { maskArea, maskXyxy } from '../../../native-models/geometry/mask.ts';
import type { ClickRequest } from '../../../preload/contract/imported-models.ts';
import { clickDecoder, clickEncoder, plainClicks } from '../../kit/click-pair.ts';
import { FakeClock } from '../../kit/clock.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { tempFolder } from '../../kit/folders.ts';
import { picturedProject } from '../../kit/pictured-project.ts';
import { picture } from '../../kit/pictures.ts';
import { writeModel } from '../../kit/tiny-models.ts';

const SIDE = 64;
/** A red and a darker red square on grey; 128 x 96, so two pixels are one of the canvas. */
const squares = picture(128, 96, (x, y) => {
  if (x >= 16 && x < 48 && y >= 16 && y < 48) return [220, 30, 30];
  if (x >= 80 && x < 112 && y >= 48 && y < 80) return [190, 25, 25];
  return [120, 120, 120];
});

async function engineOn() {
  const folder = await picturedProject('image-instance-segmentation', [squares, picture(32, 32, () => [9, 9, 9])]);
  const engine = openEngine(folder, {
    ...{ clock: new FakeClock(), logBug: () => {}, home: tempFolder(), threads: 1, roots: null },
  });
  onTestFinished(() => engine.close());
  const files = tempFolder();
  const source = {
    path: writeModel(files, 'encoder.onnx', clickEncoder(SIDE)),
    decoder: writeModel(files, 'decoder.onnx', clickDecoder(SIDE)),
    labels: null,
  };
  return { engine, folder, files, source };
}

/** How far the sides of two boxes are apart at most. */
const apart = (a: Xyxy, b: Xyxy): number => Math.max(...a.map((side, i) => Math.abs(side - b[i]!)));

describe('a model that answers clicks', () => {
  test('is told by its two files, tried, added, and finds what is clicked but for what is clicked away', async () => {
    const { engine, source } = await engineOn();
    const survey = await engine.models().survey(source, undefined);
    expect(survey.mapping).toMatchObject({
      kind: 'clicks',
      input: { name: 'image', width: SIDE, fit: 'corner', mean: [123.675, 116.28, 103.53] },
      embeddings: [{ from: 'image_embeddings', to: 'image_embeddings' }],
      ...{ point_coords: 'point_coords', point_labels: 'point_labels', mask_input: 'mask_input' },
      ...{
        has_mask_input: 'has_mask_input',
        orig_im_size: 'orig_im_size',
        masks: 'low_res_masks',
        scores: 'iou_predictions',
      },
    });
    const mapping = plainClicks(survey.mapping);
    const tried = await engine.models().tryOut({ source, mapping, image_id: 1 }, undefined);
    expect(tried.objects).toHaveLength(1); // the grey in the middle

    const { id, files } = await engine.models().add({ source, name: 'clicks', mapping });
    expect(files.map(({ role }) => role)).toEqual(['model', 'decoder']);
    const click = async (points: ClickRequest['points'], box: ClickRequest['box'] = null) => {
      const mask = await engine.models().click({ model_id: id, image_id: 1, points, box }, undefined);
      return mask === null ? null : { xyxy: maskXyxy(mask), area: maskArea(mask), size: [mask.width, mask.height] };
    };
    const inside = { x: 30, y: 30, is_inside: true };
    const both = await click([inside]);
    expect(both!.size).toEqual([128, 96]);
    expect(apart(both!.xyxy, [16, 16, 112, 80])).toBeLessThan(4); // edges are soft where colours are hardly alike
    const one = await click([inside, { x: 96, y: 64, is_inside: false }]);
    expect(apart(one!.xyxy, [16, 16, 48, 48])).toBeLessThan(2);
    expect(Math.abs(one!.area - 32 * 32)).toBeLessThan(200);
    expect(apart((await click([], [84, 52, 108, 76]))!.xyxy, [16, 16, 112, 80])).toBeLessThan(4);
    expect(
      (
        await appErrorOf(() =>
          engine
            .labelling()
            .predict({ run_id: id, image_ids: [1] }, undefined)
            .next(),
        )
      ).code,
    ).toBe('model-invalid');
  });

  test('looks at an image ahead; starts anew after its process was killed, whose question is told why; takes a question back', async () => {
    const { engine, folder, source } = await engineOn();
    const mapping = plainClicks((await engine.models().survey(source, undefined)).mapping);
    const { id } = await engine.models().add({ source, name: 'clicks', mapping });
    const request = { model_id: id, image_id: 1, points: [{ x: 30, y: 30, is_inside: true }], box: null };
    await engine.models().prepare(id, 2, undefined);
    rmSync(join(folder, 'images', '2.png')); // what was seen of it answers from now on
    const ahead = { ...request, image_id: 2, points: [{ x: 5, y: 5, is_inside: true }] };
    expect(maskArea((await engine.models().click(ahead, undefined))!)).toBe(32 * 32);
    const children = execFileSync('pgrep', ['-P', String(process.pid), '-f', 'main/train/child.ts'], {
      encoding: 'utf8',
    });
    const asked = appErrorOf(() => engine.models().click(request, undefined));
    for (const pid of children.trim().split('\n')) process.kill(Number(pid), 'SIGKILL');
    expect((await asked).code).toBe('training-process-died');

    expect(await engine.models().click(request, undefined)).not.toBeNull();
    const leaving = new AbortController();
    const left = appErrorOf(() => engine.models().click(request, leaving.signal));
    leaving.abort();
    expect((await left).code).toBe('cancelled');
  });

  test('is refused where its files do not belong together, are the wrong way round, or answer in another shape', async () => {
    const { engine, files, source } = await engineOn();
    const survey = async (changes: object) => engine.models().survey({ ...source, ...changes }, undefined);
    const wide = await survey({ path: writeModel(files, 'wide.onnx', clickEncoder(SIDE, 6)) });
    expect([wide.mapping, wide.guesses]).toEqual([
      null,
      [
        'the second file needs "image_embeddings" [1, 3, 16, 16], and the first gives "image_embeddings" [1, 6, 16, 16]: the two do not belong together',
      ],
    ]);
    const turned = await survey({ path: source.decoder, decoder: source.path });
    expect([turned.mapping, turned.guesses[0]]).toEqual([null, expect.stringContaining('the other way round')]);
    const good = plainClicks((await survey({})).mapping);
    const wrong = { ...good, masks: 'iou_predictions', scores: null };
    const error = await appErrorOf(() => engine.models().tryOut({ source, mapping: wrong, image_id: 1 }, undefined));
    expect(error.message).toBe('output "iou_predictions" is [1,1]; expected masks [1,M,H,W]');
    const decoder = writeModel(files, 'larger.onnx', clickDecoder(2 * SIDE));
    const mixed = { source: { ...source, decoder }, mapping: good, image_id: 1 };
    const misfit = await appErrorOf(() => engine.models().tryOut(mixed, undefined));
    expect([misfit.code, misfit.message]).toEqual([
      'model-invalid',
      expect.stringMatching(/larger.onnx failed.*image_embeddings/s),
    ]);
  });
});

test('a click is answered before pictures that are looked at ahead, and one that was dropped is not answered', async () => {
  const queue = new ClickQueue();
  const picture = { key: 'a', path: join('a') };
  const question = { picture, points: [], box: null };
  for (const id of [1, 2]) queue.put({ id, picture, question: null });
  for (const id of [3, 4]) queue.put({ id, picture, question });
  queue.drop(3);

  const order = [];
  for (let i = 0; i < 3; i++) order.push((await queue.take())!.id);
  expect(order).toEqual([4, 1, 2]);
  queue.end();
  expect(await queue.take()).toBeNull();
});
