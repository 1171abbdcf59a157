/** Names of parameters as published checkpoints have them, written down by hand: fixtures are made by our own script. */

import { expect, test } from 'vitest';
import { findClassifier, IMAGENET_CONVENTION } from '../../../native-models/catalog.ts';
import { namedParameters } from '../../../native-models/nn/module.ts';

const NORM = ['weight', 'bias', 'running_mean', 'running_var'];
const norm = (name: string) => NORM.map((field) => `${name}.${field}`);
const withBias = (name: string) => [`${name}.weight`, `${name}.bias`];

function namesOf(model: string): string[] {
  return [...namedParameters(findClassifier(model)!.build(1000, IMAGENET_CONVENTION)).keys()].sort();
}
const below = (names: readonly string[], prefix: string) => names.filter((name) => name.startsWith(prefix));

/** Source: github.com/zhanghang1989/ResNeSt, resnest50-528c19ca.pth; timm's resnest50d has the same. */
test('resnest50', () => {
  const names = namesOf('resnest50');

  const stem = ['conv1.0.weight', ...norm('conv1.1'), 'conv1.3.weight', ...norm('conv1.4'), 'conv1.6.weight'];
  expect([...below(names, 'conv1.'), ...below(names, 'bn1.'), ...below(names, 'fc.')]).toEqual(
    [stem.sort(), norm('bn1').sort(), withBias('fc').sort()].flat(),
  );
  const block = [
    ...['conv1.weight', ...norm('bn1')],
    ...['conv2.conv.weight', ...norm('conv2.bn0'), ...withBias('conv2.fc1'), ...norm('conv2.bn1')],
    ...withBias('conv2.fc2'),
    ...['conv3.weight', ...norm('bn3')],
  ];
  const downsample = ['downsample.1.weight', ...norm('downsample.2')];
  const named = (at: string, fields: readonly string[]) => fields.map((field) => `${at}.${field}`).sort();
  expect(below(names, 'layer1.0.')).toEqual(named('layer1.0', [...block, ...downsample]));
  expect(below(names, 'layer4.0.')).toEqual(named('layer4.0', [...block, ...downsample]));
  expect(below(names, 'layer4.2.')).toEqual(named('layer4.2', block));
  expect(below(names, 'layer4.3.')).toEqual([]);
});

/** Source: github.com/Cadene/pretrained-models.pytorch, se_resnext50_32x4d-a260b3a4.pth. */
test('seresnext', () => {
  const names = namesOf('seresnext');

  expect(below(names, 'layer0.')).toEqual(['layer0.conv1.weight', ...norm('layer0.bn1')].sort());
  expect(below(names, 'last_linear.')).toEqual(withBias('last_linear').sort());
  const block = [
    ...['conv1.weight', ...norm('bn1'), 'conv2.weight', ...norm('bn2'), 'conv3.weight', ...norm('bn3')],
    ...[...withBias('se_module.fc1'), ...withBias('se_module.fc2')],
  ];
  const downsample = ['downsample.0.weight', ...norm('downsample.1')];
  const named = (at: string, fields: readonly string[]) => fields.map((field) => `${at}.${field}`).sort();
  expect(below(names, 'layer3.0.')).toEqual(named('layer3.0', [...block, ...downsample]));
  expect(below(names, 'layer3.5.')).toEqual(named('layer3.5', block));
  expect(below(names, 'layer3.6.')).toEqual([]);
});
