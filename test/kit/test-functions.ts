/**
 * Standard test functions of global optimisation, each with its space, all to be maximised.
 * Source: Branin 1972; Hartmann 1973, in the six dimensions of Dixon and Szegö 1978. `mixed` is a made-up score of a
 * network with a rate in logarithms, a stepped batch and a category. test/fixtures/optuna has the same in Python.
 */

import type { Scalar, SearchSpace } from '../../preload/contract/sweep-plan.ts';

export interface TestFunction {
  readonly space: SearchSpace;
  readonly valueOf: (configuration: Readonly<Record<string, Scalar>>) => number;
}

const HARTMANN6 = {
  c: [1.0, 1.2, 3.0, 3.2],
  a: [
    [10, 3, 17, 3.5, 1.7, 8],
    [0.05, 10, 17, 0.1, 8, 14],
    [3, 3.5, 1.7, 10, 17, 8],
    [17, 8, 0.05, 10, 0.1, 14],
  ],
  p: [
    [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
    [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
    [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
    [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
  ],
};

const unit = { type: 'uniform', min: 0, max: 1 } as const;
const OPTIMIZERS: Readonly<Record<string, readonly [centre: number, offset: number]>> = {
  sgd: [-2, 0.05],
  adam: [-3.5, 0.02],
  adamw: [-3, 0],
};

export const TEST_FUNCTIONS = {
  branin: {
    space: {
      shared: { x: { type: 'uniform', min: -5, max: 10 }, y: { type: 'uniform', min: 0, max: 15 } },
      branches: [],
    },
    valueOf: (at) => {
      const [x, y] = [Number(at['x']), Number(at['y'])];
      const bent = y - (5.1 * x * x) / (4 * Math.PI ** 2) + (5 * x) / Math.PI - 6;
      return -(bent * bent + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10);
    },
  },
  hartmann6: {
    space: { shared: Object.fromEntries(HARTMANN6.p[0]!.map((_, d) => [`x${d}`, unit])), branches: [] },
    valueOf: (at) =>
      HARTMANN6.c.reduce((total, c, i) => {
        const far = HARTMANN6.a[i]!.reduce(
          (sum, a, d) => sum + a * (Number(at[`x${d}`]) - HARTMANN6.p[i]![d]!) ** 2,
          0,
        );
        return total + c * Math.exp(-far);
      }, 0),
  },
  mixed: {
    space: {
      shared: {
        learning_rate: { type: 'loguniform', min: Math.log(1e-5), max: Math.log(1e-1) },
        batch: { type: 'quniform', min: 8, max: 128, q: 8 },
        optimizer: { type: 'choice', values: ['sgd', 'adam', 'adamw'] },
        momentum: unit,
      },
      branches: [],
    },
    valueOf: (at) => {
      const [centre, offset] = OPTIMIZERS[String(at['optimizer'])]!;
      const rate = Math.log10(Number(at['learning_rate'])) - centre;
      const batch = (Number(at['batch']) - 40) / 64;
      const momentum = Number(at['momentum']) - 0.9;
      return -(0.3 * rate ** 2 + 0.2 * batch ** 2 + 0.5 * momentum ** 2) - offset;
    },
  },
} as const satisfies Readonly<Record<string, TestFunction>>;

/** The same without its logarithm, for samplers that take none. */
export const MIXED_LINEAR: TestFunction = {
  space: {
    shared: {
      ...TEST_FUNCTIONS.mixed.space.shared,
      learning_rate: { type: 'uniform', min: -5, max: -1 },
    },
    branches: [],
  },
  valueOf: (at) => TEST_FUNCTIONS.mixed.valueOf({ ...at, learning_rate: 10 ** Number(at['learning_rate']) }),
};
