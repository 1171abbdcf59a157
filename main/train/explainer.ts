/** Explains decisions of one network: compiles the program of a method when it is first asked for, and runs it. */

import { findClassifier, type InputConvention } from '../../native-models/catalog.ts';
import { assert } from '../../native-models/core/assert.ts';
import type { Program } from '../../native-models/core/program.ts';
import { rolloutProgram } from '../../native-models/explain/attention-rollout.ts';
import { gradCamProgram } from '../../native-models/explain/grad-cam.ts';
import { guidedProgram } from '../../native-models/explain/guided.ts';
import { enlarged, largestOf, quantile, scaled, strengthOf, threefold } from '../../native-models/explain/heat.ts';
import { integratedGradientsProgram } from '../../native-models/explain/integrated-gradients.ts';
import { quadrature } from '../../native-models/explain/quadrature.ts';
import { type Regions, regionsOf, xrai } from '../../native-models/explain/xrai.ts';
import type { Module } from '../../native-models/nn/module.ts';
import type { Device } from '../devices/device.ts';
import { normalised } from './export.ts';
import { ProgramSession } from './program-session.ts';
import type { ExplanationOrder } from './protocol.ts';

export interface ExplainedNetwork {
  /** Of the catalog. */
  readonly model: string;
  readonly classes: number;
  readonly convention: InputConvention;
  readonly cropSize: number;
  readonly weights: ReadonlyMap<string, Float32Array>;
  readonly device: Device;
  readonly threads: number;
}

export interface Attribution {
  /** Shapes: [3,side,side]. A method that tells no channels apart gives three equal ones. */
  readonly planes: Float32Array;
  /** How much each pixel counts, 0 to 1. Shapes: [side,side]. */
  readonly heat: Float32Array;
}

type Order = Pick<ExplanationOrder, 'method' | 'steps' | 'quadrature' | 'isFast'>;

/** Pixels of a batch of gradients; more at a time take more memory and no less time. */
const BATCH_PIXELS = 4 * 224 * 224;
/** Of single pixels a few always stick out; they must not leave the others dark. Source: the authors' of XRAI package. */
const BRIGHT_SHARE = 0.99;
const [BLACK, WHITE] = [0, 255];

export class Explainer {
  private readonly network: ExplainedNetwork;
  private readonly model: Module;
  private readonly sessions = new Map<string, Promise<ProgramSession>>();

  constructor(network: ExplainedNetwork) {
    const card = findClassifier(network.model);
    assert(card, `explainer: model "${network.model}" is not in the catalog`);
    this.network = network;
    this.model = card.build(network.classes, network.convention, network.cropSize);
  }

  /**
   * What of a picture decided for each of the classes.
   * Shapes: view [3,side,side], bytes.
   */
  async explain(view: Uint8Array, classes: readonly number[], order: Order): Promise<Attribution[]> {
    const attributions: Attribution[] = [];
    const regions = order.method === 'xrai' ? regionsOf(stretched(view), this.size) : [];
    for (const index of classes) attributions.push(await this.one(view, index, order, regions));
    return attributions;
  }

  async release(): Promise<void> {
    for (const session of this.sessions.values()) await (await session).release();
  }

  private async one(view: Uint8Array, index: number, order: Order, regions: Regions): Promise<Attribution> {
    const image = normalised(view, this.network.convention);
    const target = Float32Array.from({ length: this.network.classes }, (_, i) => Number(i === index));
    switch (order.method) {
      case 'gradcam':
        return ofMap(await this.coarseMap('gradcam', { image, target }));
      case 'attention_rollout':
      case 'gradient_rollout':
        return ofMap(await this.coarseMap(order.method, { image, target }));
      case 'guided_backprop':
        return ofPixels(await this.guided({ image, target }));
      case 'guided_gradcam': {
        const map = threefold(await this.coarseMap('gradcam', { image, target }));
        return ofPixels((await this.guided({ image, target })).map((slope, i) => slope * map[i]!));
      }
      case 'integrated_gradients':
        return ofPixels(await this.integrated({ image, target }, order, BLACK));
      case 'xrai': {
        const [black, white] = [
          await this.integrated({ image, target }, order, BLACK),
          await this.integrated({ image, target }, order, WHITE),
        ];
        const mean = black.map((value, i) => (value + white[i]!) / 2);
        return ofMap(xrai(largestOf(mean), regions, order));
      }
      default:
        return order.method satisfies never;
    }
  }

  private get size(): { readonly height: number; readonly width: number } {
    return { height: this.network.cropSize, width: this.network.cropSize };
  }

  /** Shapes: -> [side,side]. */
  private async coarseMap(method: keyof typeof MAP_PROGRAMS, given: Given): Promise<Float32Array> {
    const session = await this.session(method, () => MAP_PROGRAMS[method](this.model, this.size));
    const { map } = await session.run({ ...given });
    return enlarged(map!, this.network.cropSize);
  }

  private async guided(given: Given): Promise<Float32Array> {
    const session = await this.session('guided', () => guidedProgram(this.model, this.size));
    const { gradient } = await session.run({ ...given });
    return gradient!;
  }

  private async integrated(given: Given, { steps, quadrature: kind }: Order, from: number): Promise<Float32Array> {
    const points = quadrature(kind, steps);
    const batch = Math.min(steps, Math.max(1, Math.floor(BATCH_PIXELS / this.network.cropSize ** 2)));
    const program = () => integratedGradientsProgram(this.model, this.size, batch);
    const session = await this.session(`integrated ${batch}`, program);
    const baseline = normalised(new Uint8Array(given.image.length).fill(from), this.network.convention);
    const sum = new Float32Array(given.image.length);
    for (let first = 0; first < steps; first += batch) {
      // What fills up the last batch has no weight.
      const column = (of: 'fraction' | 'weight') =>
        Float32Array.from({ length: batch }, (_, i) => points[first + i]?.[of] ?? 0);
      const feeds = { ...given, baseline, fractions: column('fraction'), weights: column('weight') };
      const { attribution } = await session.run(feeds);
      attribution!.forEach((value, i) => {
        sum[i]! += value;
      });
    }
    return sum;
  }

  private session(key: string, program: () => Program): Promise<ProgramSession> {
    const known = this.sessions.get(key) ?? ProgramSession.open(program(), this.network.weights, this.network);
    this.sessions.set(key, known);
    return known;
  }
}

/** Shapes: image [1,3,side,side], normalised; target [1,classes]. */
interface Given {
  readonly image: Float32Array;
  readonly target: Float32Array;
}

const MAP_PROGRAMS = {
  gradcam: gradCamProgram,
  attention_rollout: (model, size) => rolloutProgram(model, size, 'mean'),
  gradient_rollout: (model, size) => rolloutProgram(model, size, 'gradient'),
} as const satisfies Readonly<Record<string, (model: Module, size: { height: number; width: number }) => Program>>;

/** Colours from -1 to 1, as the scales of XRAI's regions are for. Shapes: view [3,H,W]. */
function stretched(view: Uint8Array): Float32Array {
  const [least, most] = view.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [255, 0]);
  return Float32Array.from(view, (value) => (most > least ? (2 * (value - least)) / (most - least) - 1 : 0));
}

function ofMap(map: Float32Array): Attribution {
  const [least, most] = map.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [map[0]!, map[0]!]);
  return { planes: threefold(map), heat: scaled(map, least, most) };
}

function ofPixels(planes: Float32Array): Attribution {
  const strength = strengthOf(planes);
  return { planes, heat: scaled(strength, 0, quantile(strength, BRIGHT_SHARE)) };
}
