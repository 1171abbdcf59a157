import { expect, test } from 'vitest';
import { rngFrom } from '../../../../native-models/core/rng.ts';
import { type CutGraph, DIRECTIONS, MinCut } from '../../../../renderer/label/pixels/min-cut.ts';

const ARCS = DIRECTIONS.length;

/** A grid with whole capacities at random, alike in both directions. */
function randomGrid(width: number, height: number, seed: number): CutGraph {
  const rng = rngFrom(seed, 'min-cut');
  const nodes = width * height;
  const graph = {
    nodes,
    ends: new Int32Array(ARCS * nodes).fill(-1),
    capacities: new Int32Array(ARCS * nodes),
    terminals: Int32Array.from({ length: nodes }, () => Math.floor(rng.uniform() * 41) - 20),
  };
  for (let node = 0; node < nodes; node++) {
    DIRECTIONS.forEach(([dx, dy], d) => {
      const [x, y] = [(node % width) + dx, Math.floor(node / width) + dy];
      if (x < 0 || x >= width || y < 0 || y >= height) return;
      const end = y * width + x;
      graph.ends[ARCS * node + d] = end;
      if (end > node) graph.capacities[ARCS * node + d] = Math.floor(rng.uniform() * 12);
      else graph.capacities[ARCS * node + d] = graph.capacities[ARCS * end + 7 - d]!;
    });
  }
  return graph;
}

/** What a cut costs: every arc from the source's side to the sink's, terminals included. */
function costOf({ nodes, ends, capacities, terminals }: CutGraph, isSource: (node: number) => boolean): number {
  let cost = 0;
  for (let node = 0; node < nodes; node++) {
    cost += Math.max(0, isSource(node) ? -terminals[node]! : terminals[node]!);
    for (let arc = ARCS * node; arc < ARCS * node + ARCS; arc++) {
      if (ends[arc]! >= 0 && isSource(node) && !isSource(ends[arc]!)) cost += capacities[arc]!;
    }
  }
  return cost;
}

test.each([
  [2, 2],
  [3, 3],
  [4, 3],
])('no cut of a grid of %i x %i costs less', (width, height) => {
  for (let seed = 0; seed < 12; seed++) {
    const graph = randomGrid(width, height, seed);
    const sides = new MinCut(graph).solve();
    let least = Number.POSITIVE_INFINITY;
    for (let bits = 0; bits < 2 ** graph.nodes; bits++) {
      least = Math.min(
        least,
        costOf(graph, (node) => ((bits >> node) & 1) === 1),
      );
    }

    expect(costOf(graph, (node) => sides[node] === 1)).toBe(least);
  }
});

test('a cut of a larger grid cannot be bettered by moving any one node', () => {
  const graph = randomGrid(40, 30, 99);
  const sides = new MinCut(graph).solve();
  const cost = costOf(graph, (node) => sides[node] === 1);

  for (let moved = 0; moved < graph.nodes; moved += 7) {
    expect(costOf(graph, (node) => (sides[node] === 1) !== (node === moved))).toBeGreaterThanOrEqual(cost);
  }
});
