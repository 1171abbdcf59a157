/**
 * Decodes the usual kind of JPEG, whole or at a half, a quarter, an eighth of its size, in whole numbers, so that every
 * machine gets the same picture. For small files it spares the preparations libvips makes for each; a picture in full
 * size equals libjpeg-turbo's (in its default settings, so Pillow's and libvips') to the last bit.
 */

import type { Pixels } from '../pixels.ts';
import { inWorkspace } from '../simd/kernels.ts';
import { allocateEntropy, BlockReader } from './block-reader.ts';
import { BlockTransform } from './blocks.ts';
import { allocateRows, toRgb } from './colour-rows.ts';
import type { JpegFrame } from './frame.ts';
import { turnUpright } from './orientation.ts';
import { allocatePlanes, type BlockSide, type Plane } from './planes.ts';

const COEFFICIENT_BYTES = 4 * 64;

/**
 * The upright picture, `8 / side` times smaller, sizes rounded up; null when the data makes no sense.
 * Shapes: [ceil(height * side / 8), ceil(width * side / 8), 3] before turning.
 */
export function decodeJpeg(frame: JpegFrame, side: BlockSide): Pixels | null {
  const [width, height] = [scaled(frame.width, side), scaled(frame.height, side)];
  const data = inWorkspace((workspace) => {
    const block = workspace.allocate(COEFFICIENT_BYTES);
    const planes = allocatePlanes(workspace, frame, side);
    const rows = allocateRows(workspace, width, height);
    const entropy = allocateEntropy(workspace, frame);
    const transform = new BlockTransform(workspace, block);
    if (!readScan({ frame, planes, transform, reader: new BlockReader(workspace, entropy, frame) })) return null;
    toRgb(workspace, planes, rows, width, height);
    return workspace.bytes(rows.out, 3 * width * height).slice();
  });
  return data && turnUpright({ width, height, data }, frame.orientation);
}

/** The smallest block side at which the picture's shorter side still has `shorterSidePx`. */
export function blockSideFor({ width, height }: JpegFrame, shorterSidePx: number): BlockSide {
  const shorter = Math.min(width, height);
  const sides: readonly BlockSide[] = [1, 2, 4];
  return sides.find((side) => scaled(shorter, side) >= shorterSidePx) ?? 8;
}

const scaled = (size: number, side: number) => Math.ceil((size * side) / 8);

/** Fills the planes; false when the data ends early, late, or is no JPEG data. */
function readScan(scan: Scan): boolean {
  const { components, restartInterval, width, height } = scan.frame;
  const { reader } = scan;
  const { h: maxH, v: maxV } = components[0]!;
  const unitsAcross = Math.ceil(width / (8 * maxH));
  const units = unitsAcross * Math.ceil(height / (8 * maxV));
  for (let unit = 0; unit < units; unit++) {
    if (restartInterval > 0 && unit > 0 && unit % restartInterval === 0 && !reader.restart()) return false;
    const [across, down] = [unit % unitsAcross, Math.trunc(unit / unitsAcross)];
    for (let index = 0; index < components.length; index++) {
      if (!readUnit(scan, index, across, down)) return false;
    }
  }
  return reader.isInLastPart() && reader.isAtEndOfPart();
}

interface Scan {
  readonly reader: BlockReader;
  readonly transform: BlockTransform;
  readonly frame: JpegFrame;
  readonly planes: readonly Plane[];
}

/** The blocks of one component in one unit. */
function readUnit({ reader, transform, frame, planes }: Scan, index: number, across: number, down: number): boolean {
  const { side, stride, address } = planes[index]!;
  const { h, v } = frame.components[index]!;
  for (let y = 0; y < v; y++) {
    for (let x = 0; x < h; x++) {
      const last = reader.read(index, transform.address, side);
      if (last === null) return false;
      transform.run(last, side, address + ((down * v + y) * stride + across * h + x) * side, stride);
    }
  }
  return true;
}
