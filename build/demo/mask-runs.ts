/** Masks as COCO's uncompressed run lengths: column by column, beginning with the zeros. */

/** Run lengths of a mask, which may begin with 0. Shapes: mask [height, width], row by row. */
export function toRuns(mask: Uint8Array, width: number, height: number): number[] {
  const runs: number[] = [];
  let value = 0;
  let length = 0;
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < height; y++) {
      const bit = mask[y * width + x]!;
      if (bit !== value) {
        runs.push(length);
        value = bit;
        length = 0;
      }
      length++;
    }
  }
  return [...runs, length];
}
