/** One class of objects on images that count differently than once, as the draws of a bootstrap do. */

import { FALSE_ALARM, HIT } from './match.ts';
import type { DetectionSet } from './objects.ts';
import { type HitCurve, SPACING } from './precision-recall.ts';
import type { RankedClass } from './ranked.ts';

export interface DrawnCounts {
  readonly positives: number;
  readonly hits: number;
  readonly alarms: number;
}

/**
 * Detections that are false alarms at every threshold, most of them usually, are summed up once per draw; what differs
 * between thresholds is walked for each.
 */
export class DrawnClass {
  private readonly truthImages: Int32Array;
  private readonly images: Int32Array;
  private readonly outcome: readonly Uint8Array[];
  /** Places that are no false alarm at some threshold. */
  private readonly events: Int32Array;
  /** Of the draw at hand: false alarms at every threshold before each event, and in all. Shapes: [events + 1]. */
  private readonly alarmsBefore: Int32Array;
  private counts: Uint8Array = new Uint8Array(0);
  private positives = 0;

  /** Shapes: outcome [thresholds][D]. */
  constructor({ detections, truths }: DetectionSet, ranked: RankedClass, outcome: readonly Uint8Array[]) {
    this.outcome = outcome;
    this.images = ranked.detections.map((d) => detections.image[d]!);
    this.truthImages = ranked.truths.filter((t) => truths.isCrowd[t] === 0).map((t) => truths.image[t]!);
    const places = Int32Array.from(ranked.detections, (_, i) => i);
    this.events = places.filter((i) => outcome.some((column) => column[i] !== FALSE_ALARM));
    this.alarmsBefore = new Int32Array(this.events.length + 1);
  }

  /** Takes a draw: how often each image counts. */
  draw(counts: Uint8Array): void {
    const { images, events, alarmsBefore, truthImages } = this;
    this.counts = counts;
    this.positives = 0;
    for (let i = 0; i < truthImages.length; i++) this.positives += counts[truthImages[i]!]!;
    let [event, alarms] = [0, 0];
    for (let i = 0; i < images.length; i++) {
      if (i === events[event]) alarmsBefore[event++] = alarms;
      else alarms += counts[images[i]!]!;
    }
    alarmsBefore[event] = alarms;
  }

  get isDefined(): boolean {
    return this.positives > 0;
  }

  /** Of the draw at one threshold. */
  curve(threshold: number): HitCurve {
    const { hits } = this.countsAt(threshold);
    const [recall, precision, at] = [new Float64Array(hits), new Float64Array(hits), new Int32Array(hits)];
    let [found, alarms] = [0, 0];
    const outcome = this.outcome[threshold]!;
    for (let event = 0; event < this.events.length; event++) {
      const place = this.events[event]!;
      const count = this.counts[this.images[place]!]!;
      if (outcome[place] === FALSE_ALARM) alarms += count;
      if (outcome[place] !== HIT) continue;
      for (let copy = 0; copy < count; copy++) {
        found += 1;
        recall[found - 1] = found / this.positives;
        precision[found - 1] = found / (alarms + this.alarmsBefore[event]! + found + SPACING);
        at[found - 1] = place;
      }
    }
    return { recall, precision, at };
  }

  countsAt(threshold: number): DrawnCounts {
    const outcome = this.outcome[threshold]!;
    let [hits, alarms] = [0, this.alarmsBefore[this.events.length]!];
    for (let event = 0; event < this.events.length; event++) {
      const place = this.events[event]!;
      const count = this.counts[this.images[place]!]!;
      if (outcome[place] === HIT) hits += count;
      else if (outcome[place] === FALSE_ALARM) alarms += count;
    }
    return { positives: this.positives, hits, alarms };
  }
}
