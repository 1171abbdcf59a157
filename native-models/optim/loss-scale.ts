/**
 * Dynamic loss scaling: gradients in half precision vanish below 6e-8, so the loss is multiplied up before it is
 * differentiated and the gradients are divided back in float32. A step whose gradient is not finite changes nothing but
 * the scale, which it halves; after many good steps in a row the scale doubles. All of it is part of the graph.
 * Source: Micikevicius et al. 2018, https://arxiv.org/abs/1710.03740, section 3.2; the numbers are torch's GradScaler's.
 */

import { assert } from '../core/assert.ts';
import type { Graph } from '../core/graph.ts';
import type { Tensor } from '../core/tensor.ts';
import { NEXT } from './state.ts';
import { GRADIENT_NORM, type Slope } from './update.ts';

export const SCALER = 'scaler:';
const SCALE = `${SCALER}loss_scale`;
const GOOD_STEPS = `${SCALER}good_steps`;

const FIRST_SCALE = 2 ** 16;
const LARGEST_SCALE = 2 ** 24;
const STEPS_TO_GROWTH = 2000;

export interface ScalingOptions {
  /** Good steps in a row after which the scale doubles. */
  readonly stepsToGrowth?: number;
}

export class LossScaler {
  private readonly graph: Graph;
  private readonly stored: Tensor;
  private readonly scale: Tensor;
  private readonly stepsToGrowth: number;

  /** Both parts of its state start at zero, which for the scale means the first one. */
  constructor(graph: Graph, { stepsToGrowth = STEPS_TO_GROWTH }: ScalingOptions = {}) {
    this.graph = graph;
    this.stored = graph.input(SCALE, 'float32', []);
    this.scale = this.stored.equal(0).where(graph.scalar(FIRST_SCALE, 'float32'), this.stored);
    this.stepsToGrowth = stepsToGrowth;
  }

  /** The loss to differentiate. Shapes: [] -> []. */
  scaled(loss: Tensor): Tensor {
    return loss.mul(this.scale);
  }

  /** The gradients of the loss itself. */
  unscaled(slopes: readonly Slope[]): Slope[] {
    const inverse = this.graph.scalar(1, 'float32').div(this.scale);
    return slopes.map((slope) => ({ ...slope, gradient: slope.gradient.mul(inverse) }));
  }

  /** The same outputs, each keeping its old value where a gradient is not finite, and the scaler's own. */
  guarded(outputs: ReadonlyMap<string, Tensor>, slopes: readonly Slope[]): Map<string, Tensor> {
    const isGood = this.allFinite(slopes);
    const zero = this.graph.scalar(0, 'float32');
    const guarded = [...outputs].map(([name, value]): [string, Tensor] => {
      if (name === GRADIENT_NORM) return [name, isGood.where(value, zero)];
      return name.startsWith(NEXT) ? [name, isGood.where(value, this.inputOf(name))] : [name, value];
    });
    return new Map([...guarded, ...this.next(isGood, zero)]);
  }

  /** A sum of finite numbers is finite here, far from float32's largest; zero times what is not finite is not zero. */
  private allFinite(slopes: readonly Slope[]): Tensor {
    assert(slopes.length > 0, 'loss scaling: nothing trains');
    const sums = slopes.map(({ gradient }) => gradient.sum(gradient.shape.map((_, axis) => axis)));
    return sums
      .reduce((total, sum) => total.add(sum))
      .mul(0)
      .equal(0);
  }

  private next(isGood: Tensor, zero: Tensor): [string, Tensor][] {
    const counted = this.graph.input(GOOD_STEPS, 'float32', []).add(1);
    const grows = counted.greater(this.stepsToGrowth - 0.5);
    const good = grows.where(this.scale.mul(2), this.scale);
    const scale = isGood.where(good, this.scale.mul(0.5)).clip(1, LARGEST_SCALE);
    const steps = isGood.where(grows.where(zero, counted), zero);
    return [
      [NEXT + SCALE, scale],
      [NEXT + GOOD_STEPS, steps],
    ];
  }

  private inputOf(output: string): Tensor {
    const name = output.slice(NEXT.length);
    const input = this.graph.inputs.find(({ source }) => source.kind === 'input' && source.name === name);
    assert(input, `loss scaling: "${name}" is handed out and not taken in`);
    return input;
  }
}
