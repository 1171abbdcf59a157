import { assert } from '../core/assert.ts';
import type { Rng } from '../core/rng.ts';
import type { Size } from '../geometry/box.ts';
import type { Mask } from '../geometry/mask.ts';
import { ANCHOR_CODE, encodeBox } from './box-codec.ts';
import { MASK_CELLS, putMask } from './mask-cells.ts';
import { type MatchThresholds, matchBoxes } from './matcher.ts';
import { type Sample, sampleBoxes } from './sampler.ts';
import type { Targets, TargetValues, Truth } from './truth.ts';

/** Overlaps of the anchors that proposals are learned from. Source: Ren et al. 2015, section 3.1.2. */
const PROPOSAL_THRESHOLDS: MatchThresholds = { foreground: 0.7, background: 0.3 };
const OBJECT_SHARE = 0.5; // of the anchors that are sampled

/** Label of a place that no truth takes. */
export const NO_TRUTH = -1;

/** Name of the masks among what is fed, where objects have some. */
export const TRUTH_MASKS = 'truth_masks';

export interface ProposalTargetOptions {
  readonly canvas: Size;
  /** xyxy [A,4], flat. */
  readonly anchors: Float32Array;
  /** Anchors of an image that are learned from, at most. */
  readonly sampled: number;
  /** Objects of an image, at most. */
  readonly mostTruths: number;
  /** Whether objects have masks. */
  readonly masks: boolean;
}

/**
 * Targets of a two-stage detector: what the first stage learns from, and the truth itself, with which the second stage
 * compares proposals inside the graph.
 * Fed: `rpn_anchors` int32 [S], the numbers of the sampled anchors; `rpn_labels` float32 [S], 1 for an object, else 0;
 * `rpn_weights` float32 [S], 0 for places that are left over; `rpn_codes` float32 [S,4], 0 but for objects;
 * `truth_boxes` float32 [T,4] in canvas pixels and `truth_labels` int32 [T], -1 for places that are left over; with masks
 * `truth_masks` uint8 [T,MASK_CELLS,MASK_CELLS] and `truth_frames` float32 [T,4], scales and shifts from pixels of the
 * canvas to cells (`mask-cells.ts`).
 */
export class ProposalTargets implements Targets {
  readonly canvas: Size;
  readonly fed: Targets['fed'];
  readonly anchors: Float32Array;
  private readonly sampled: number;
  private readonly mostTruths: number;
  private readonly masks: boolean;

  constructor({ canvas, anchors, sampled, mostTruths, masks }: ProposalTargetOptions) {
    this.canvas = canvas;
    this.anchors = anchors;
    this.sampled = sampled;
    this.mostTruths = mostTruths;
    this.masks = masks;
    this.fed = [
      { name: 'rpn_anchors', dtype: 'int32', shape: [sampled] },
      { name: 'rpn_labels', dtype: 'float32', shape: [sampled] },
      { name: 'rpn_weights', dtype: 'float32', shape: [sampled] },
      { name: 'rpn_codes', dtype: 'float32', shape: [sampled, 4] },
      { name: 'truth_boxes', dtype: 'float32', shape: [mostTruths, 4] },
      { name: 'truth_labels', dtype: 'int32', shape: [mostTruths] },
      ...(masks
        ? ([
            { name: TRUTH_MASKS, dtype: 'uint8', shape: [mostTruths, MASK_CELLS, MASK_CELLS] },
            { name: 'truth_frames', dtype: 'float32', shape: [mostTruths, 4] },
          ] as const)
        : []),
    ];
  }

  of(truth: Truth, rng: Rng): TargetValues {
    const matches = matchBoxes(this.anchors, truth.boxes, PROPOSAL_THRESHOLDS);
    return this.values(truth, matches, sampleBoxes(matches, this.sampled, OBJECT_SHARE, rng));
  }

  /** The same for anchors that were sampled elsewhere. */
  ofSample(truth: Truth, sample: Sample): TargetValues {
    return this.values(truth, matchBoxes(this.anchors, truth.boxes, PROPOSAL_THRESHOLDS), sample);
  }

  private values(
    { boxes, labels, masks = [] }: Truth,
    matches: Int32Array,
    { objects, background }: Sample,
  ): TargetValues {
    assert(boxes.length === 4 * labels.length, `targets: ${boxes.length} sides for ${labels.length} labels`);
    assert(labels.length <= this.mostTruths, `targets: ${labels.length} objects, at most ${this.mostTruths} fit`);
    assert(!this.masks || masks.length === labels.length, `targets: ${masks.length} masks for ${labels.length} labels`);
    const anchors = new Int32Array(this.sampled);
    const codes = new Float32Array(4 * this.sampled);
    anchors.set([...objects, ...background]);
    objects.forEach((anchor, i) => {
      encodeBox(codes, i, boxes, matches[anchor]!, this.anchors, anchor, ANCHOR_CODE);
    });
    const padded = new Float32Array(4 * this.mostTruths);
    padded.set(boxes);
    const classes = new Int32Array(this.mostTruths).fill(NO_TRUTH);
    classes.set(labels);
    return new Map<string, Int32Array | Float32Array | Uint8Array>([
      ['rpn_anchors', anchors],
      ['rpn_labels', new Float32Array(this.sampled).fill(1, 0, objects.length)],
      ['rpn_weights', new Float32Array(this.sampled).fill(1, 0, objects.length + background.length)],
      ['rpn_codes', codes],
      ['truth_boxes', padded],
      ['truth_labels', classes],
      ...(this.masks ? this.maskValues(masks) : []),
    ]);
  }

  private maskValues(masks: readonly Mask[]): [string, Float32Array | Uint8Array][] {
    const size = MASK_CELLS * MASK_CELLS;
    const cells = new Uint8Array(this.mostTruths * size);
    const frames = new Float32Array(4 * this.mostTruths);
    for (const [i, mask] of masks.entries()) {
      const { scale, shift } = putMask(mask, cells.subarray(i * size, (i + 1) * size));
      frames.set([...scale, ...shift], 4 * i);
    }
    return [
      [TRUTH_MASKS, cells],
      ['truth_frames', frames],
    ];
  }
}
