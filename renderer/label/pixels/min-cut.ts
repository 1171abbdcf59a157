/**
 * The cheapest cut that parts a grid of pixels into what belongs to the source and what to the sink.
 * Source: Boykov and Kolmogorov 2004, "An Experimental Comparison of Min-Cut/Max-Flow Algorithms for Energy Minimization
 * in Vision", section 3: two trees of what is reached from either side grow until they meet, flow is pushed along the way,
 * and what was cut off by that looks for another parent.
 */

/** Directions of the eight neighbours; the one opposite to `d` is `7 - d`. */
export const DIRECTIONS: readonly (readonly [dx: number, dy: number])[] = [
  [-1, -1],
  [0, -1],
  [1, -1],
  [-1, 0],
  [1, 0],
  [-1, 1],
  [0, 1],
  [1, 1],
];
const ARCS = DIRECTIONS.length;

/** A node's arc `d` is number `8 * node + d`. Capacities are whole numbers, so that a saturated arc has none left. */
export interface CutGraph {
  readonly nodes: number;
  /** The node at the other end of each arc; -1 where there is none. */
  readonly ends: Int32Array;
  readonly capacities: Int32Array;
  /** Capacity from the source less that to the sink. */
  readonly terminals: Int32Array;
}

const NONE = -1;
const TERMINAL = -2;
const ORPHAN = -3;

export class MinCut {
  private readonly graph: CutGraph;
  private readonly left: Int32Array;
  private readonly terminals: Int32Array;
  /** The arc from a node to its parent. */
  private readonly parents: Int32Array;
  private readonly isSink: Uint8Array;
  /** How far a node is from its terminal, as found at a time. */
  private readonly distances: Int32Array;
  private readonly times: Int32Array;
  private readonly isWaiting: Uint8Array;
  private active: number[] = [];
  private next: number[] = [];
  private orphans: number[] = [];
  private time = 0;

  constructor(graph: CutGraph) {
    this.graph = graph;
    this.left = graph.capacities.slice();
    this.terminals = graph.terminals.slice();
    this.parents = new Int32Array(graph.nodes).fill(NONE);
    this.isSink = new Uint8Array(graph.nodes);
    this.distances = new Int32Array(graph.nodes);
    this.times = new Int32Array(graph.nodes);
    this.isWaiting = new Uint8Array(graph.nodes);
  }

  /** One for each node on the source's side. */
  solve(): Uint8Array {
    for (let node = 0; node < this.graph.nodes; node++) {
      if (this.terminals[node] === 0) continue;
      this.isSink[node] = this.terminals[node]! < 0 ? 1 : 0;
      this.parents[node] = TERMINAL;
      this.distances[node] = 1;
      this.activate(node);
    }
    for (let node = this.takeActive(); node !== NONE; ) {
      const arc = this.parents[node] === NONE ? NONE : this.grow(node);
      this.time++;
      if (arc === NONE) {
        node = this.takeActive();
        continue;
      }
      this.augment(arc);
      for (let orphan = this.orphans.pop(); orphan !== undefined; orphan = this.orphans.pop()) this.adopt(orphan);
    }
    return Uint8Array.from(this.parents, (parent, node) => (parent !== NONE && this.isSink[node] === 0 ? 1 : 0));
  }

  private activate(node: number): void {
    if (this.isWaiting[node] === 1) return;
    this.isWaiting[node] = 1;
    this.next.push(node);
  }

  private takeActive(): number {
    if (this.active.length === 0) {
      this.active = this.next.reverse();
      this.next = [];
    }
    const node = this.active.pop() ?? NONE;
    if (node !== NONE) this.isWaiting[node] = 0;
    return node;
  }

  private twin(arc: number): number {
    return ARCS * this.graph.ends[arc]! + 7 - (arc % ARCS);
  }

  /** Takes free neighbours into the node's tree; the arc from the source's tree to the sink's where the two meet. */
  private grow(node: number): number {
    const { ends } = this.graph;
    const side = this.isSink[node]!;
    for (let arc = ARCS * node; arc < ARCS * node + ARCS; arc++) {
      const end = ends[arc]!;
      if (end < 0) continue;
      const back = this.twin(arc);
      if (this.left[side === 0 ? arc : back] === 0) continue;
      if (this.parents[end] === NONE) {
        this.isSink[end] = side;
        this.become(end, back, node);
        this.activate(end);
      } else if (this.isSink[end] !== side) {
        return side === 0 ? arc : back;
      } else if (this.times[end]! <= this.times[node]! && this.distances[end]! > this.distances[node]!) {
        this.become(end, back, node);
      }
    }
    return NONE;
  }

  private become(child: number, arc: number, parent: number): void {
    this.parents[child] = arc;
    this.times[child] = this.times[parent]!;
    this.distances[child] = this.distances[parent]! + 1;
  }

  private augment(middle: number): void {
    const { ends } = this.graph;
    const [source, sink] = [ends[this.twin(middle)]!, ends[middle]!];
    let flow = this.left[middle]!;
    let node = source;
    for (let arc = this.parents[node]!; arc !== TERMINAL; arc = this.parents[node]!) {
      flow = Math.min(flow, this.left[this.twin(arc)]!);
      node = ends[arc]!;
    }
    flow = Math.min(flow, this.terminals[node]!);
    node = sink;
    for (let arc = this.parents[node]!; arc !== TERMINAL; arc = this.parents[node]!) {
      flow = Math.min(flow, this.left[arc]!);
      node = ends[arc]!;
    }
    flow = Math.min(flow, -this.terminals[node]!);

    this.push(middle, flow);
    node = source;
    for (let arc = this.parents[node]!; arc !== TERMINAL; arc = this.parents[node]!) {
      const parent = ends[arc]!;
      this.push(this.twin(arc), flow);
      if (this.left[this.twin(arc)] === 0) this.orphan(node);
      node = parent;
    }
    this.terminals[node]! -= flow;
    if (this.terminals[node] === 0) this.orphan(node);
    node = sink;
    for (let arc = this.parents[node]!; arc !== TERMINAL; arc = this.parents[node]!) {
      const parent = ends[arc]!;
      this.push(arc, flow);
      if (this.left[arc] === 0) this.orphan(node);
      node = parent;
    }
    this.terminals[node]! += flow;
    if (this.terminals[node] === 0) this.orphan(node);
  }

  private push(arc: number, flow: number): void {
    this.left[arc]! -= flow;
    this.left[this.twin(arc)]! += flow;
  }

  private orphan(node: number): void {
    this.parents[node] = ORPHAN;
    this.orphans.push(node);
  }

  /** Finds the node the nearest parent of its own tree; without one it is free, and so may be its children. */
  private adopt(node: number): void {
    const { ends } = this.graph;
    const side = this.isSink[node]!;
    let [best, least] = [NONE, Number.POSITIVE_INFINITY];
    for (let arc = ARCS * node; arc < ARCS * node + ARCS; arc++) {
      const end = ends[arc]!;
      if (end < 0 || this.isSink[end] !== side || this.parents[end] === NONE) continue;
      if (this.left[side === 0 ? this.twin(arc) : arc] === 0) continue;
      const distance = this.distanceOf(end);
      if (distance < least) [best, least] = [arc, distance];
    }
    if (best !== NONE) {
      this.parents[node] = best;
      this.times[node] = this.time;
      this.distances[node] = least + 1;
      return;
    }
    this.parents[node] = NONE;
    for (let arc = ARCS * node; arc < ARCS * node + ARCS; arc++) {
      const end = ends[arc]!;
      if (end < 0 || this.isSink[end] !== side || this.parents[end] === NONE) continue;
      if (this.left[side === 0 ? this.twin(arc) : arc] !== 0) this.activate(end);
      const parent = this.parents[end]!;
      if (parent >= 0 && ends[parent] === node) this.orphan(end);
    }
  }

  /** Steps from a node to its terminal, written down along the way; infinite where the way ends at an orphan. */
  private distanceOf(start: number): number {
    const { ends } = this.graph;
    let steps = 0;
    let node = start;
    for (;;) {
      if (this.times[node] === this.time && this.parents[node] !== ORPHAN) {
        steps += this.distances[node]!;
        break;
      }
      const arc = this.parents[node]!;
      if (arc === ORPHAN || arc === NONE) return Number.POSITIVE_INFINITY;
      steps++;
      if (arc === TERMINAL) {
        this.times[node] = this.time;
        this.distances[node] = 1;
        break;
      }
      node = ends[arc]!;
    }
    let distance = steps;
    for (let at = start; this.times[at] !== this.time; at = ends[this.parents[at]!]!) {
      this.times[at] = this.time;
      this.distances[at] = distance--;
    }
    return steps;
  }
}
