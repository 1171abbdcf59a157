/**
 * Tracks of CVAT's XML as objects of frames. A box is listed with the frame where it is; `keyframe` says that somebody has set
 * it, `outside` that the object is gone from that frame on. Between two boxes that are listed the object moves on a
 * straight line. CVAT lists every frame; other tools list key frames alone.
 * Source: https://docs.cvat.ai/docs/manual/advanced/xml_format/, "Interpolation".
 */

import { boxBetween, type Xyxy } from '../../../native-models/geometry/box.ts';
import type { TrackRole } from '../../../preload/contract/labelling.ts';
import type { XmlElement } from '../xml.ts';
import { SHAPES } from './cvat-shapes.ts';

/** An object of a track on one frame. */
export interface TrackShape {
  readonly frame: number;
  readonly label: string | undefined;
  readonly element: XmlElement;
  /** Null for an object alone: what is no box, and what is there on one frame and no other. */
  readonly role: TrackRole | null;
}

export interface ReadTrack {
  readonly shapes: readonly TrackShape[];
  /** Elements that cannot be placed, with the reason. */
  readonly problems: readonly { readonly line: number; readonly reason: string }[];
  /** Boxes that were no key frames, and do not follow from those that are. */
  readonly promoted: number;
}

/** A box where its numbers can be read. */
interface Placed {
  readonly frame: number;
  readonly xyxy: Xyxy;
  readonly isKey: boolean;
  readonly isOutside: boolean;
  readonly element: XmlElement;
}

/** Coordinates are written to a hundredth; the line between two of them is out by as much. Units: image pixels. */
const ROUNDED_PX = 0.021;
const WHOLE = /^\d{1,9}$/;

/** `frames`: numbers of those there is a picture of, ascending. */
export function readTrack(track: XmlElement, frames: readonly number[]): ReadTrack {
  const label = track.attributes['label'];
  const boxes: Placed[] = [];
  const others: TrackShape[] = [];
  const problems: { line: number; reason: string }[] = [];
  const taken = new Set<number>();
  for (const element of track.children.filter(({ name }) => SHAPES.has(name))) {
    const number = element.attributes['frame'] ?? '';
    const frame = Number(number);
    if (!WHOLE.test(number)) problems.push(problem(element, `expected a frame's number from 0, got "${number}"`));
    else if (taken.has(frame)) problems.push(problem(element, `the track has an object on frame ${frame} already`));
    else {
      taken.add(frame);
      const box = placed(element, frame);
      if (box !== null) boxes.push(box);
      else if (element.attributes['outside'] !== '1') others.push({ frame, label, element, role: null });
    }
  }
  boxes.sort((a, b) => a.frame - b.frame);
  const pictured = new Set(frames);
  const there = filledIn(boxes, frames).filter(({ frame, isOutside }) => isOutside || pictured.has(frame));
  const { roles, promoted } = rolesOf(there, frames.at(-1) ?? 0);
  const shapes = there.flatMap(({ frame, element, isOutside }, i) =>
    isOutside ? [] : [{ frame, label, element, role: roles[i]! }],
  );
  const unpictured = boxes.filter(({ frame, isOutside }) => !isOutside && !pictured.has(frame));
  return {
    shapes: [...shapes, ...others, ...unpictured.map(({ frame, element }) => ({ frame, label, element, role: null }))],
    ...{ problems, promoted },
  };
}

const problem = ({ line, name }: XmlElement, reason: string) => ({ line, reason: `${name} of a track: ${reason}` });

/** Null for what is no upright box, and for a box whose corners are no numbers. */
function placed(element: XmlElement, frame: number): Placed | null {
  const { name, attributes } = element;
  if (name !== 'box' || Number(attributes['rotation'] ?? 0) !== 0) return null;
  const corners = ['xtl', 'ytl', 'xbr', 'ybr'].map((side) => Number.parseFloat(attributes[side] ?? ''));
  if (!corners.every(Number.isFinite)) return null;
  const [x0, y0, x1, y1] = corners as [number, number, number, number];
  const isOutside = attributes['outside'] === '1';
  return { frame, xyxy: [x0, y0, x1, y1], isKey: attributes['keyframe'] !== '0', isOutside, element };
}

/** With the boxes of frames that nobody lists, between two that are. */
function filledIn(boxes: readonly Placed[], frames: readonly number[]): Placed[] {
  let at = 0;
  return boxes.flatMap((box, i) => {
    const next = boxes[i + 1];
    while (at < frames.length && frames[at]! <= box.frame) at++;
    const filled: Placed[] = [];
    if (next === undefined || box.isOutside) return [box];
    for (; at < frames.length && frames[at]! < next.frame; at++) {
      const frame = frames[at]!;
      const xyxy = boxBetween(box.xyxy, next.xyxy, (frame - box.frame) / (next.frame - box.frame));
      filled.push({ frame, xyxy, isKey: false, isOutside: false, element: movedBox(box.element, xyxy) });
    }
    return [box, ...filled];
  });
}

function movedBox(element: XmlElement, [x0, y0, x1, y1]: Xyxy): XmlElement {
  const corners = { xtl: String(x0), ytl: String(y0), xbr: String(x1), ybr: String(y1) };
  return { ...element, attributes: { ...element.attributes, ...corners } };
}

/** Each visible box's; null for those outside, and for a box that is the only one. */
function rolesOf(
  boxes: readonly Placed[],
  lastFrame: number,
): { readonly roles: readonly (TrackRole | null)[]; readonly promoted: number } {
  const visible = boxes.filter(({ isOutside }) => !isOutside);
  const isAlone = visible.length === 1 && (visible[0]!.frame >= lastFrame || boxes.at(-1)!.isOutside);
  if (isAlone) return { roles: boxes.map(() => null), promoted: 0 };
  const nextKeys = keysAhead(boxes);
  let promoted = 0;
  let keyAt = 0;
  const roles = boxes.map((box, i): TrackRole | null => {
    if (box.isOutside) return null;
    const [before, after] = [boxes[i - 1], boxes[i + 1]];
    const isFirst = before === undefined || before.isOutside;
    const isLast = after === undefined || after.isOutside;
    if (!isFirst && !isLast && !box.isKey && follows(box, boxes[keyAt]!, boxes[nextKeys[i]!]!)) return 'between';
    if (!box.isKey) promoted += 1;
    keyAt = i;
    return isLast && after !== undefined ? 'end' : 'key';
  });
  return { roles, promoted };
}

/** For each box the place of the key frame after it, or of the last box before the object is gone. */
function keysAhead(boxes: readonly Placed[]): number[] {
  const places: number[] = new Array(boxes.length);
  let ahead = boxes.length - 1;
  for (let i = boxes.length - 1; i >= 0; i--) {
    places[i] = ahead;
    const isLast = boxes[i + 1]?.isOutside !== false;
    if (boxes[i]!.isKey || isLast) ahead = i;
  }
  return places;
}

/** Whether a box is what its key frames say: where it lies, and its flags. */
function follows(box: Placed, before: Placed, after: Placed): boolean {
  const line = boxBetween(before.xyxy, after.xyxy, (box.frame - before.frame) / (after.frame - before.frame));
  const isOnLine = line.every((side, i) => Math.abs(side - box.xyxy[i]!) <= ROUNDED_PX);
  return isOnLine && marks(box.element) === marks(before.element);
}

const marks = ({ attributes, children }: XmlElement): string =>
  JSON.stringify([attributes['occluded'] ?? '0', children.map((child) => [child.attributes['name'], child.text])]);
