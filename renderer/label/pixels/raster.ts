/** Pixels of a part of a picture, and their colours as an eye sees them apart. */

import type { Size, Xyxy } from '../../../native-models/geometry/box.ts';

/** Shapes: rgba [height, width, 4], row by row, 0 to 255. */
export interface Raster extends Size {
  readonly rgba: ArrayLike<number>;
}

/** A picture of which any part can be read. */
export interface PixelReader {
  readonly size: Size;
  /** Units: whole pixels, inside the image. Rejects where they cannot be had. */
  read(xyxy: Xyxy): Promise<Raster>;
}

/**
 * Shapes: [height, width, 3], L from 0 to 100, a and b about -100 to 100.
 * Source: CIE 1976 L*a*b* of sRGB with the white of D65, IEC 61966-2-1.
 */
export function labOf({ width, height, rgba }: Raster): Float32Array {
  const lab = new Float32Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    const [r, g, b] = [LINEAR[rgba[4 * i]!]!, LINEAR[rgba[4 * i + 1]!]!, LINEAR[rgba[4 * i + 2]!]!];
    const x = bent((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
    const y = bent(0.2126729 * r + 0.7151522 * g + 0.072175 * b);
    const z = bent((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883);
    lab[3 * i] = 116 * y - 16;
    lab[3 * i + 1] = 500 * (x - y);
    lab[3 * i + 2] = 200 * (y - z);
  }
  return lab;
}

const LINEAR = Float32Array.from({ length: 256 }, (_, value) => {
  const v = value / 255;
  return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
});

const bent = (t: number): number => (t > 216 / 24389 ? Math.cbrt(t) : (24389 / 27) * (t / 116) + 16 / 116);
