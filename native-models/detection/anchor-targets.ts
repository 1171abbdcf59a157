import { assert } from '../core/assert.ts';
import type { Size } from '../geometry/box.ts';
import { ANCHOR_CODE, encodeBox } from './box-codec.ts';
import { type MatchThresholds, matchBoxes } from './matcher.ts';
import type { Targets, TargetValues, Truth } from './truth.ts';

/** Overlaps of RetinaNet. Source: Lin et al. 2017, https://arxiv.org/abs/1708.02002, section 4. */
export const RETINA_THRESHOLDS: MatchThresholds = { foreground: 0.5, background: 0.4 };

/**
 * Targets for every anchor, as a one-stage detector learns from them.
 * Fed: `anchor_classes` int32 [A]: the class of the truth that the anchor is to find, -1 for background, -2 to leave the
 * anchor out; `anchor_codes` float32 [A,4]: the truth's box relative to the anchor, 0 where there is none.
 */
export class AnchorTargets implements Targets {
  readonly canvas: Size;
  readonly fed: Targets['fed'];
  readonly anchors: Float32Array;
  private readonly thresholds: MatchThresholds;

  constructor(canvas: Size, anchors: Float32Array, thresholds: MatchThresholds) {
    const count = anchors.length / 4;
    this.canvas = canvas;
    this.anchors = anchors;
    this.thresholds = thresholds;
    this.fed = [
      { name: 'anchor_classes', dtype: 'int32', shape: [count] },
      { name: 'anchor_codes', dtype: 'float32', shape: [count, 4] },
    ];
  }

  of({ boxes, labels }: Truth): TargetValues {
    assert(boxes.length === 4 * labels.length, `targets: ${boxes.length} sides for ${labels.length} labels`);
    const classes = matchBoxes(this.anchors, boxes, this.thresholds);
    const codes = new Float32Array(this.anchors.length);
    classes.forEach((truth, i) => {
      if (truth < 0) return;
      classes[i] = labels[truth]!;
      encodeBox(codes, i, boxes, truth, this.anchors, i, ANCHOR_CODE);
    });
    return new Map<string, Int32Array | Float32Array>([
      ['anchor_classes', classes],
      ['anchor_codes', codes],
    ]);
  }
}
