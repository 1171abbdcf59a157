import { expect, test } from 'vitest';
import { decode } from '../../../../main/images/decode.ts';
import {
  type EvaluationTransform,
  evaluationView,
  ObjectViewMaker,
} from '../../../../main/images/objects/object-views.ts';
import { tempFolder } from '../../../kit/folders.ts';
import { encoder, picture, writeBytes } from '../../../kit/pictures.ts';

const SIZE = { width: 640, height: 480 };

test.each<EvaluationTransform>([
  { kind: 'letterbox', canvas: { width: 64, height: 64 } },
  { kind: 'scaled', canvas: { width: 96, height: 64 }, minSizePx: 60, maxSizePx: 90 },
])('$kind: a model is judged by what its bundle sees of the same file, however large that is', async (transform) => {
  const pixels = picture(SIZE.width, SIZE.height, (x, y) => [(x * 7) % 256, (y * 13) % 256, (x * y) % 256]);
  const path = writeBytes(tempFolder(), 'large.jpg', await encoder(pixels).jpeg().toBuffer());
  const maker = new ObjectViewMaker([{ id: 1, path, size: SIZE, objects: [] }], transform, 0);

  const judged = await maker.view(0, 0);
  const scored = evaluationView(await decode(path), SIZE, transform);

  expect(judged.size).toEqual(scored.size);
  expect(Buffer.compare(judged.planes, scored.planes)).toBe(0);
});
