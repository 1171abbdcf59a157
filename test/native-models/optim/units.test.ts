import { describe, expect, test } from 'vitest';
import type { Shape } from '../../../native-models/core/shape.ts';
import { zeros } from '../../../native-models/nn/init.ts';
import { Parameter } from '../../../native-models/nn/module.ts';
import { unitsOf } from '../../../native-models/optim/units.ts';

const parametersOf = (shapes: Readonly<Record<string, Shape>>) =>
  new Map(Object.entries(shapes).map(([name, shape]) => [name, new Parameter(shape, zeros)] as const));

/** Two blocks of linear layers with norms, then a head. */
const LAYERS = parametersOf({
  'a.norm.weight': [8],
  'a.norm.bias': [8],
  'a.fc.weight': [16, 8],
  'a.fc.bias': [16],
  'b.norm.weight': [8],
  'b.norm.bias': [8],
  'b.fc.weight': [16, 8],
  'b.fc.bias': [16],
  'head.weight': [4, 8],
});

const isFrozen = () => false;
const decays = (_: string, shape: Shape) => shape.length > 1;

const named = (units: ReturnType<typeof unitsOf>) =>
  units.map(({ name, parts }) => (parts === null ? name : `${name}: ${parts.map((part) => part.name).join(' ')}`));

describe('pieces of an update', () => {
  test('are one for all small vectors, before the rest', () => {
    expect(named(unitsOf(LAYERS, { isFrozen, decays }))).toEqual([
      'vectors.undecayed: a.norm.weight a.norm.bias a.fc.bias b.norm.weight b.norm.bias b.fc.bias',
      'a.fc.weight',
      'b.fc.weight',
      'head.weight',
    ]);
  });

  test('are cut at matrices where that is asked for, and stand among the layers', () => {
    expect(named(unitsOf(LAYERS, { isFrozen, cutAtMatrices: true }))).toEqual([
      'vectors: a.norm.weight a.norm.bias',
      'a.fc.weight',
      'vectors.1: a.fc.bias b.norm.weight b.norm.bias',
      'b.fc.weight',
      'b.fc.bias',
      'head.weight',
    ]);
  });

  test('keep what decays apart from what does not', () => {
    const isBias = (name: string) => name.endsWith('bias');
    const units = unitsOf(LAYERS, { isFrozen, decays: (name) => !isBias(name), cutAtMatrices: true });

    const mixed = units.filter(({ parts, isDecayed }) => parts?.some(({ name }) => isBias(name) === isDecayed));

    expect(mixed).toEqual([]);
    expect(units.flatMap(({ name, parts }) => parts?.map((part) => part.name) ?? [name]).sort()).toEqual(
      [...LAYERS.keys()].sort(),
    );
  });

  test('have nothing of what is frozen', () => {
    const units = unitsOf(LAYERS, { isFrozen: (name) => name.startsWith('a.'), cutAtMatrices: true });

    expect(named(units)).toEqual(['vectors: b.norm.weight b.norm.bias', 'b.fc.weight', 'b.fc.bias', 'head.weight']);
  });
});
