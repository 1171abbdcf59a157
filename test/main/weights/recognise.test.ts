import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { recogniseWeights } from '../../../main/weights/recognise.ts';
import { findModel, IMAGENET_CONVENTION } from '../../../native-models/catalog.ts';
import { sizeOf } from '../../../native-models/core/shape.ts';
import { namedParameters } from '../../../native-models/nn/module.ts';
import { writeSafetensors } from '../../../native-models/weights/safetensors.ts';
import { tempFolder } from '../../kit/folders.ts';

test.each(['resnet18', 'resnet34', 'resnet50'])(
  'weights of %s are taken for its own, not for a part of others',
  (name) => {
    const file = join(tempFolder(), 'weights.safetensors');
    const parameters = namedParameters(findModel(name)!.build(7, IMAGENET_CONVENTION));
    const tensors = [...parameters].map(([key, { shape }]) => {
      return [key, { shape, data: new Float32Array(sizeOf(shape)) }] as const;
    });
    writeFileSync(file, writeSafetensors(new Map(tensors), {}));

    expect(recogniseWeights(file).model).toBe(name);
  },
);
