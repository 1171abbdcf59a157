/** Decoded pictures. Pixels are 8-bit sRGB, rows from the top, R G B within a pixel ("HWC"), without padding. */

export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Shapes: [height, width, 3]. */
  readonly data: Uint8Array;
}

/** A rectangle of whole pixels. Units: image pixels, origin top-left, half-open. */
export interface PixelBox {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** The whole picture. */
export function wholeOf({ width, height }: Pixels): PixelBox {
  return { x: 0, y: 0, w: width, h: height };
}
