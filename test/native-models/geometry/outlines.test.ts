import { describe, expect, test } from 'vitest';
import { rngFrom } from '../../../native-models/core/rng.ts';
import { outlinesOf } from '../../../native-models/geometry/outlines.ts';
import type { Ring } from '../../../native-models/geometry/polygon.ts';

const mask = (...rows: readonly string[]) => ({
  bits: Uint8Array.from(rows.join(''), (letter) => (letter === '#' ? 1 : 0)),
  width: rows[0]!.length,
  height: rows.length,
});

/** Even-odd fill at the middle of every pixel, as a reader of polygons would do it. */
function fill(outlines: readonly Ring[], width: number, height: number): Uint8Array {
  const isInside = (x: number, y: number) => {
    let crossings = 0;
    for (const outline of outlines) {
      for (let i = 0; i < outline.length; i += 2) {
        const [x0, y0] = [outline[i]!, outline[i + 1]!];
        const [x1, y1] = [outline[(i + 2) % outline.length]!, outline[(i + 3) % outline.length]!];
        if (y0 > y !== y1 > y && x0 + ((y - y0) * (x1 - x0)) / (y1 - y0) > x) crossings++;
      }
    }
    return crossings % 2 === 1;
  };
  return Uint8Array.from({ length: width * height }, (_, i) =>
    isInside((i % width) + 0.5, Math.floor(i / width) + 0.5) ? 1 : 0,
  );
}

describe('outlines', () => {
  test('a rectangle has four corners', () => {
    const { bits, width, height } = mask('....', '.##.', '.##.', '....');

    expect(outlinesOf(bits, { width, height })).toEqual([[1, 1, 3, 1, 3, 3, 1, 3]]);
  });

  test('a hole has an outline of its own, and pieces that touch at a corner stay apart', () => {
    const ring = mask('###', '#.#', '###');
    const diagonal = mask('#.', '.#');

    expect(outlinesOf(ring.bits, { width: 3, height: 3 })).toHaveLength(2);
    expect(outlinesOf(diagonal.bits, { width: 2, height: 2 }).map((outline) => outline.length)).toEqual([8, 8]);
  });

  test('no outline has a corner on a straight line', () => {
    const { bits, width, height } = mask('##..', '####', '.###', '##.#');

    for (const outline of outlinesOf(bits, { width, height })) {
      for (let i = 0; i < outline.length; i += 2) {
        const at = (k: number) => [outline[(i + k) % outline.length]!, outline[(i + k + 1) % outline.length]!] as const;
        const [[x0, y0], [x1, y1], [x2, y2]] = [at(0), at(2), at(4)];
        expect((x1 - x0) * (y2 - y1) - (y1 - y0) * (x2 - x1)).not.toBe(0);
      }
    }
  });

  test('filling them gives any mask back', () => {
    const rng = rngFrom(3);
    for (const density of [0.1, 0.5, 0.9]) {
      const bits = Uint8Array.from({ length: 13 * 9 }, () => (rng.uniform() < density ? 1 : 0));

      expect(fill(outlinesOf(bits, { width: 13, height: 9 }), 13, 9)).toEqual(bits);
    }
  });
});
