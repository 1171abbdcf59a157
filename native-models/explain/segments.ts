/**
 * Cuts a picture into regions of like colour, by joining neighbours along ever larger steps of colour.
 * Source: Felzenszwalb and Huttenlocher 2004, "Efficient Graph-Based Image Segmentation", section 3; with eight
 * neighbours and small regions joined at the end.
 */

export interface SegmentOptions {
  /** How readily large regions go on growing: a region of n pixels takes steps that are this over n larger. */
  readonly scale: number;
  /** Smaller regions are joined to a neighbour. Units: pixels. */
  readonly minArea: number;
}

interface Edges {
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly cost: Float32Array;
  /** Edge numbers, cheapest first; equal ones in the order of the rows. */
  readonly order: Int32Array;
}

const OFFSETS = [
  [1, 0],
  [0, 1],
  [1, 1],
  [1, -1],
] as const;

/**
 * A region number for every pixel, one list for each of the options.
 * Shapes: planes [3,height,width], smoothed as wanted -> [height*width], numbered from 0 in the order of the pixels.
 */
export function segment(
  planes: Float32Array,
  height: number,
  width: number,
  options: readonly SegmentOptions[],
): Int32Array[] {
  const edges = edgesOf(planes, height, width);
  return options.map((each) => joined(edges, height * width, each));
}

function edgesOf(planes: Float32Array, height: number, width: number): Edges {
  const [from, to, cost]: [number[], number[], number[]] = [[], [], []];
  for (const [right, down] of OFFSETS) {
    const [top, bottom] = [Math.max(0, -down), height - Math.max(0, down)];
    for (let y = top; y < bottom; y++) {
      for (let x = 0; x < width - right; x++) {
        const pixel = y * width + x;
        const other = pixel + down * width + right;
        from.push(pixel);
        to.push(other);
        cost.push(distance(planes, height * width, pixel, other));
      }
    }
  }
  const costs = Float32Array.from(cost);
  const order = Int32Array.from(costs.keys()).sort((a, b) => costs[a]! - costs[b]! || a - b);
  return { from: Int32Array.from(from), to: Int32Array.from(to), cost: costs, order };
}

function distance(planes: Float32Array, area: number, a: number, b: number): number {
  let square = 0;
  for (let channel = 0; channel < 3; channel++)
    square += (planes[channel * area + a]! - planes[channel * area + b]!) ** 2;
  return Math.sqrt(square);
}

function joined({ from, to, cost, order }: Edges, area: number, { scale, minArea }: SegmentOptions): Int32Array {
  const parents = Int32Array.from({ length: area }, (_, i) => i);
  const sizes = new Int32Array(area).fill(1);
  const steps = new Float32Array(area); // the largest step within the region that a root stands for
  const join = (a: number, b: number, step: number) => {
    const [root, child] = a < b ? [a, b] : [b, a];
    parents[child] = root;
    sizes[root]! += sizes[child]!;
    steps[root] = step;
  };
  for (const edge of order) {
    const [a, b] = [rootOf(parents, from[edge]!), rootOf(parents, to[edge]!)];
    const allowed = Math.min(steps[a]! + scale / sizes[a]!, steps[b]! + scale / sizes[b]!);
    if (a !== b && cost[edge]! < allowed) join(a, b, cost[edge]!);
  }
  for (const edge of order) {
    const [a, b] = [rootOf(parents, from[edge]!), rootOf(parents, to[edge]!)];
    if (a !== b && Math.min(sizes[a]!, sizes[b]!) < minArea) join(a, b, cost[edge]!);
  }
  return numbered(parents);
}

/** Halves the path on its way. Source: Tarjan and van Leeuwen 1984. */
function rootOf(parents: Int32Array, pixel: number): number {
  let at = pixel;
  while (parents[at] !== at) {
    parents[at] = parents[parents[at]!]!;
    at = parents[at]!;
  }
  return at;
}

function numbered(parents: Int32Array): Int32Array {
  const numbers = new Map<number, number>();
  return parents.map((_, pixel) => {
    const root = rootOf(parents, pixel);
    if (!numbers.has(root)) numbers.set(root, numbers.size);
    return numbers.get(root)!;
  });
}
