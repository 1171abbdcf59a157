import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LARGEST_MODEL_BYTES, openForeign, readForeign } from '../../../../main/train/imported/open-model.ts';
import { appErrorOf } from '../../../kit/errors.ts';
import { tempFolder } from '../../../kit/folders.ts';
import { colourClassifier, writeModel } from '../../../kit/tiny-models.ts';

const refused = async (action: () => unknown) => {
  const { code, message } = await appErrorOf(action);
  return [code, message];
};

test('a file that is too large is refused before it is read, as is one that is none or cannot be run', async () => {
  const folder = tempFolder();
  const large = join(folder, 'large.onnx');
  writeFileSync(large, '');
  truncateSync(large, LARGEST_MODEL_BYTES + 1); // takes no room on the disk

  expect(await refused(() => readForeign(large))).toEqual([
    'model-invalid',
    `${large}: 1073741825 bytes are more than a model may have (1073741824)`,
  ]);
  expect(await refused(() => readForeign(folder))).toEqual(['file-missing', `there is no model file ${folder}`]);
  const text = writeModel(folder, 'text.onnx', new TextEncoder().encode('version 3'));
  expect(await refused(() => readForeign(text))).toEqual([
    'model-invalid',
    expect.stringContaining('is not an ONNX model'),
  ]);

  const model = colourClassifier();
  const unknown = Buffer.from(model).toString('latin1').replaceAll('Softmax', 'Softmix');
  const broken = writeModel(folder, 'broken.onnx', Buffer.from(unknown, 'latin1'));
  expect(await refused(() => openForeign(broken, { device: 'cpu', threads: 1 }))).toEqual([
    'model-invalid',
    expect.stringMatching(/broken.onnx cannot be run: .*Softmix/s),
  ]);
});
