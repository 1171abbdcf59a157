/**
 * Writes a sequence as CVAT for video: a track for each object through its frames, and, as CVAT itself does, one of a single
 * frame for each object that is of no track. An object is gone from a frame on where a box says that it is outside.
 * Source: https://docs.cvat.ai/docs/manual/advanced/xml_format/, "Interpolation".
 */

import { extname } from 'node:path';
import type { TrackRole } from '../../../preload/contract/labelling.ts';
import type { Annotation } from '../../store/annotations.ts';
import type { SequenceFacts } from '../../store/sequences.ts';
import { frameName } from '../frame-names.ts';
import { Scattered } from '../scattered.ts';
import { type CvatShape, cvatShape, elementOf } from './cvat-shape.ts';
import { type ExportContext, type ExportedImage, splitFolder } from './export-format.ts';
import { escapeXml } from './xml-text.ts';

export const XML_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n  <version>1.1</version>\n';

/** An object on a frame, as it will be written. */
interface Placed {
  readonly number: number;
  /** Null for an object of no track. */
  readonly role: TrackRole | null;
  readonly className: string;
  readonly isOccluded: boolean;
  readonly shape: CvatShape;
}

/** Whether a sequence is one for CVAT for video: something is followed through it, and its frames are of one size. */
export const isVideo = ({ hasTracks, size }: SequenceFacts): boolean => hasTracks && size !== null;

export class CvatVideoWriter {
  private readonly sequence: SequenceFacts;
  private readonly folder: string;
  private readonly context: ExportContext;
  /** Each frame's number with the one after it. */
  private readonly following: ReadonlyMap<number, number>;
  private readonly written: number[] = [];
  private readonly objects: Scattered<Placed>;
  private alone = 0;

  /** `folder`: of the sequence, from that of the export. */
  constructor(sequence: SequenceFacts, folder: string, context: ExportContext) {
    const { numbers } = sequence;
    this.sequence = sequence;
    this.folder = folder;
    this.context = context;
    this.following = new Map(numbers.slice(1).map((number, i) => [numbers[i]!, number]));
    this.objects = new Scattered(context.folder.scratch, `sequence-${sequence.id}.jsonl`);
    const { losses } = context;
    if (sequence.framesPerS !== null) losses.note('sequences have a rate, which the format does not say');
  }

  /** Returns the path where the frame's picture belongs. */
  add({ image, name, annotations }: ExportedImage, number: number): string {
    this.written.push(number);
    for (const object of annotations) {
      const { class_name: className, is_occluded: isOccluded, track } = object;
      const shape = cvatShape(object, image, this.context);
      this.objects.add(this.groupOf(object), { number, role: track?.role ?? null, className, isOccluded, shape });
    }
    if (annotations.length === 0) this.context.losses.note('frames without objects, which come back without labels');
    return `${this.folder}/images/${splitFolder(image.split)}/${frameName(number)}${extname(name)}`;
  }

  end(): void {
    const file = this.context.folder.file(`${this.folder}/annotations.xml`);
    file.add(`${XML_HEAD}${this.meta()}`);
    let id = 0;
    for (const group of this.objects.keys()) {
      const boxes = this.objects.of(group).sort((a, b) => a.number - b.number);
      const parts = byClass(boxes);
      this.noteLosses(boxes, parts.length);
      for (const [part, after] of parts.map((part, i) => [part, parts[i + 1]?.[0]] as const)) {
        file.add(`  <track id="${id}" label="${escapeXml(part[0]!.className)}" source="manual">\n`);
        for (const element of this.elements(part, after)) file.add(element);
        file.add('  </track>\n');
        id += 1;
      }
    }
    file.add('</annotations>\n');
    this.objects.close();
  }

  private groupOf({ track }: Annotation): string {
    if (track !== undefined && track !== null) return `track ${track.id}`;
    this.alone += 1;
    return `object ${this.alone}`;
  }

  /** `after`: where the same object goes on as another class. */
  private *elements(boxes: readonly Placed[], after: Placed | undefined): Generator<string> {
    for (const [i, box] of boxes.entries()) {
      yield element(box, box.number, false);
      const next = boxes[i + 1] ?? after;
      const gone = this.following.get(box.number);
      const hasEnd = box.role === 'end' || box.role === null;
      if (hasEnd && gone !== undefined && (next === undefined || gone < next.number)) yield element(box, gone, true);
      else if (i === boxes.length - 1 && after !== undefined)
        yield element({ ...after, role: 'end' }, after.number, true);
    }
  }

  private noteLosses(boxes: readonly Placed[], classes: number): void {
    const { losses } = this.context;
    const [first, last] = [boxes[0]!, boxes.at(-1)!];
    if (first.role === null) return;
    const isEndOfAll = this.following.get(last.number) === undefined;
    if (classes > 1) losses.note('tracks change their class, and are written as a track for each class');
    if (boxes.length === 1 && (last.role === 'end' || isEndOfAll)) {
      losses.note('tracks of one frame, which come back as objects of no track');
    } else if (last.role === 'end' && isEndOfAll)
      losses.note('ends of tracks on the last frame, which the format does not say');
    losses.note('boxes between key frames are not filled in, and come back as if they were', this.unfilled(boxes));
  }

  /** Frames between two boxes of a track where nobody has made its box an object. */
  private unfilled(boxes: readonly Placed[]): number {
    const own = new Set(boxes.map(({ number }) => number));
    const last = boxes.at(-1)!.number;
    let before: Placed | undefined;
    let at = 0;
    let unfilled = 0;
    for (const number of this.written.toSorted((a, b) => a - b)) {
      while (at < boxes.length && boxes[at]!.number <= number) before = boxes[at++];
      if (before !== undefined && before.role !== 'end' && number < last && !own.has(number)) unfilled += 1;
    }
    return unfilled;
  }

  private meta(): string {
    const { name, numbers, size } = this.sequence;
    const labels = this.context.classes.map((label) => `<label><name>${escapeXml(label)}</name></label>`).join('');
    const step = stepOf(numbers);
    return [
      '  <meta>\n    <task>',
      `<name>${escapeXml(name)}</name><size>${numbers.length}</size><mode>interpolation</mode>`,
      `<start_frame>${numbers[0]!}</start_frame><stop_frame>${numbers.at(-1)!}</stop_frame>`,
      `<frame_filter>${step > 1 ? `step=${step}` : ''}</frame_filter><labels>${labels}</labels>`,
      `<original_size><width>${size!.width}</width><height>${size!.height}</height></original_size>`,
      `</task>\n    <source>${escapeXml(name)}</source>\n  </meta>\n`,
    ].join('');
  }
}

function element({ role, isOccluded, shape }: Placed, number: number, isOutside: boolean): string {
  const isKey = isOutside || role !== 'between';
  const marks = [`outside="${Number(isOutside)}"`, `occluded="${Number(isOccluded)}"`, `keyframe="${Number(isKey)}"`];
  return elementOf(shape, [`frame="${number}"`, ...marks].join(' '));
}

/** Runs of boxes of one class. */
function byClass(boxes: readonly Placed[]): Placed[][] {
  const runs: Placed[][] = [];
  for (const box of boxes) {
    const run = runs.at(-1);
    if (run !== undefined && run[0]!.className === box.className) run.push(box);
    else runs.push([box]);
  }
  return runs;
}

/** The largest step by which all numbers follow each other; 1 for fewer than two. */
function stepOf(numbers: readonly number[]): number {
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
  return numbers.slice(1).reduce((step, number, i) => divisor(number - numbers[i]!, step), 0) || 1;
}
