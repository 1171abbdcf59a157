/**
 * Decodes the usual kind of JPEG, whole or at a half, a quarter, an eighth of its size, in whole numbers, so that every
 * machine gets the same picture. For small files it spares the preparations libvips makes for each; a picture in full
 * size equals libjpeg-turbo's (in its default settings, so Pillow's and libvips') to the last bit.
 */

import type { Pixels } from '../pixels.ts';
import { BlockReader } from './block-reader.ts';
import { toRgb } from './colour-rows.ts';
import type { JpegComponent, JpegFrame } from './frame.ts';
import { type BlockSide, inverseDct, type Plane } from './inverse-dct.ts';
import { turnUpright } from './orientation.ts';

/** The decoded samples of a component, and how many of them belong to the picture. */
export interface ComponentPlane extends Plane {
  readonly width: number;
  readonly height: number;
  readonly side: BlockSide;
}

/**
 * The upright picture, `8 / side` times smaller, sizes rounded up; null when the data makes no sense.
 * Shapes: [ceil(height * side / 8), ceil(width * side / 8), 3] before turning.
 */
export function decodeJpeg(frame: JpegFrame, side: BlockSide): Pixels | null {
  const planes = planesOf(frame, side);
  if (!readScan(frame, planes)) return null;
  const [width, height] = [scaled(frame.width, side), scaled(frame.height, side)];
  return turnUpright({ width, height, data: toRgb(planes, width, height) }, frame.orientation);
}

/** The smallest block side at which the picture's shorter side still has `shorterSidePx`. */
export function blockSideFor({ width, height }: JpegFrame, shorterSidePx: number): BlockSide {
  const shorter = Math.min(width, height);
  const sides: readonly BlockSide[] = [1, 2, 4];
  return sides.find((side) => scaled(shorter, side) >= shorterSidePx) ?? 8;
}

const scaled = (size: number, side: number) => Math.ceil((size * side) / 8);

function planesOf({ width, height, components }: JpegFrame, side: BlockSide): ComponentPlane[] {
  const { h: maxH, v: maxV } = components[0]!;
  const unitsAcross = Math.ceil(width / (8 * maxH));
  const unitsDown = Math.ceil(height / (8 * maxV));
  return components.map(({ h, v }) => {
    // Chroma of half resolution needs no enlarging when its blocks are made larger instead.
    const own = (side < 8 && maxH === 2 * h && maxV === 2 * v ? side * 2 : side) as BlockSide;
    const stride = unitsAcross * h * own;
    return {
      side: own,
      width: Math.ceil((width * h * own) / (8 * maxH)),
      height: Math.ceil((height * v * own) / (8 * maxV)),
      stride,
      data: new Uint8ClampedArray(stride * unitsDown * v * own),
    };
  });
}

/** Fills the planes; false when the data ends early, late, or is no JPEG data. */
function readScan(frame: JpegFrame, planes: readonly ComponentPlane[]): boolean {
  const { components, restartInterval, entropy, width, height } = frame;
  const reader = new BlockReader(entropy);
  const { h: maxH, v: maxV } = components[0]!;
  const unitsAcross = Math.ceil(width / (8 * maxH));
  const units = unitsAcross * Math.ceil(height / (8 * maxV));
  const block = new Int32Array(64);
  for (let unit = 0; unit < units; unit++) {
    if (restartInterval > 0 && unit > 0 && unit % restartInterval === 0 && !reader.restart()) return false;
    const [across, down] = [unit % unitsAcross, Math.trunc(unit / unitsAcross)];
    for (let i = 0; i < components.length; i++) {
      if (!readUnit(reader, components[i]!, i, planes[i]!, across, down, block)) return false;
    }
  }
  return reader.isInLastPart() && reader.isAtEndOfPart();
}

/** The blocks of one component in one unit. */
function readUnit(
  reader: BlockReader,
  component: JpegComponent,
  index: number,
  plane: ComponentPlane,
  across: number,
  down: number,
  block: Int32Array,
): boolean {
  const { h, v } = component;
  const { side, stride } = plane;
  for (let y = 0; y < v; y++) {
    for (let x = 0; x < h; x++) {
      const last = reader.read(component, index, block);
      if (last < 0) return false;
      inverseDct(block, last, side, plane, ((down * v + y) * stride + across * h + x) * side);
    }
  }
  return true;
}
