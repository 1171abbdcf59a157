/**
 * Parts of a model. A module owns parameters and other modules as its fields; the path of fields to a parameter is its
 * name, as in torch: `layer1.0.conv1.weight`. Arrays count by index, and a plain function takes a place but has no
 * parameters, so torchvision's numbering of sequences carries over.
 */

import { assert } from '../core/assert.ts';
import type { LayerContext } from '../core/graph.ts';
import type { Shape } from '../core/shape.ts';
import type { Tensor } from '../core/tensor.ts';
import type { Init } from './init.ts';

/** A tensor that belongs to a model. `statistic`: kept by the forward pass (running mean), not by the optimizer. */
export class Parameter {
  readonly shape: Shape;
  readonly init: Init;
  readonly role: 'weight' | 'statistic';

  constructor(shape: Shape, init: Init, role: 'weight' | 'statistic' = 'weight') {
    this.shape = shape;
    this.init = init;
    this.role = role;
  }
}

/** Anything that owns parameters. What it is called with, and what it answers, is its own business. */
export abstract class Network {
  declare private readonly isNetwork: true; // no other class passes for one
}

/** A network, or a part of one, that makes one tensor of one. */
export abstract class Module extends Network {
  abstract call(x: Tensor): Tensor;
}

/** A module, a function, or a sequence of those; null passes its input through. */
export type Layer = Module | ((x: Tensor) => Tensor) | readonly Layer[] | null;

/** Applies a layer, sequences from first to last. */
export function run(layer: Layer, x: Tensor): Tensor {
  if (layer === null) return x;
  if (layer instanceof Module) return layer.call(x);
  if (typeof layer === 'function') return layer(x);
  return layer.reduce((value: Tensor, next: Layer) => run(next, value), x);
}

/** What a module's graph knows of it. */
export function contextOf(x: Tensor): LayerContext {
  const { layers } = x.graph;
  assert(layers !== null, 'a layer was called in a graph that no model is bound to');
  return layers;
}

/** Every parameter with its name, in the order of the fields. */
export function namedParameters(root: Network): Map<string, Parameter> {
  const found = new Map<string, Parameter>();
  visit(root, '', (path, part) => {
    if (part instanceof Parameter) found.set(path, part);
  });
  return found;
}

/** Every network below (and with) the root, with its path; the root's path is empty. */
export function namedModules(root: Network): Map<Network, string> {
  const found = new Map<Network, string>();
  visit(root, '', (path, part) => {
    if (part instanceof Network) found.set(part, path);
  });
  return found;
}

function visit(part: unknown, path: string, found: (path: string, part: Network | Parameter) => void): void {
  if (part instanceof Parameter) found(path, part);
  const isNetwork = part instanceof Network;
  if (isNetwork) found(path, part);
  if (!isNetwork && !Array.isArray(part)) return;
  for (const [name, child] of Object.entries(part as object)) {
    visit(child, path === '' ? name : `${path}.${name}`, found);
  }
}
