import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../../build/source-files.ts';
import { recogniseWeights } from '../../../main/weights/recognise.ts';
import { type FloatTensor, writeSafetensors } from '../../../native-models/weights/safetensors.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { tempFolder } from '../../kit/folders.ts';
import { renamedWeights, weightsOf } from '../../kit/model-weights.ts';

function written(tensors: ReadonlyMap<string, FloatTensor>, metadata: Record<string, string> = {}): string {
  const file = join(tempFolder(), 'weights.safetensors');
  writeFileSync(file, writeSafetensors(tensors, metadata));
  return file;
}

test.each(['resnet18', 'resnet34', 'resnet50', 'resnest50', 'seresnext', 'vits16r224'])(
  'weights of %s are taken for its own, not for a part of others',
  (name) => {
    expect(recogniseWeights(written(weightsOf(name, 7))).model).toBe(name);
  },
);

test.each(['retinanet', 'fasterrcnn'])('the published names of %s on a ResNet-50 are recognised', (network) => {
  const names = JSON.parse(
    readFileSync(join(ROOT, 'test', 'fixtures', 'torch', 'detector-names.json'), 'utf8'),
  ) as Readonly<Record<string, Readonly<Record<string, string>>>>;
  const firstNames = new Map(Object.entries(names[network]!).map(([first, own]) => [own, first]));
  const model = `${network}_resnet50_fpn`;
  const published = renamedWeights(weightsOf(model, 91), (name) => firstNames.get(name) ?? name);

  expect(recogniseWeights(written(published)).model).toBe(model);
});

test("timm's names of SE-ResNeXt are recognised", () => {
  const timm = (name: string) =>
    name
      .replace(/^layer0\.(conv1|bn1)\./, '$1.')
      .replace('.se_module.', '.se.')
      .replace(/^last_linear\./, 'fc.');

  expect(recogniseWeights(written(renamedWeights(weightsOf('seresnext', 7), timm))).model).toBe('seresnext');
});

test('what a file says of itself is believed only where it makes sense', () => {
  const convention = { mean: [0, 0, 0], deviation: [1, 1, 1], stridedPadding: 'symmetric' };
  const told = (description: object) =>
    recogniseWeights(written(weightsOf('mobilenetv2', 2), { lightbench: JSON.stringify(description) }));

  expect(told({ model: 'mobilenetv2', epoch: 4, convention })).toMatchObject({
    convention,
    title: 'trained here, epoch 4',
  });
  for (const nonsense of [
    { model: 'mobilenetv2', epoch: 4, convention: { ...convention, deviation: [1, 0, 1] } },
    { model: 'mobilenetv9', epoch: 4, convention },
    { model: 7 },
  ]) {
    expect(told(nonsense)).toMatchObject({
      model: 'mobilenetv2',
      title: 'unknown origin, taken for torchvision-style',
    });
  }
});

test('a file that has nothing of any model is refused with what it holds', async () => {
  const file = written(new Map([['lstm.weight', { shape: [2], data: new Float32Array(2) }]]));

  const error = await appErrorOf(() => recogniseWeights(file));

  expect(error).toMatchObject({ code: 'weights-unknown', details: { file, nearest: null } });
  expect(error.message).toBe(`${file} fits no model here: it holds lstm.weight [2]`);
});
