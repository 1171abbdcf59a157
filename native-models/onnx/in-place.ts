/**
 * Outputs that are written over the inputs whose place they take, so that what goes from step to step needs one buffer
 * and not two. That is right where everything that reads such an input has run when its successor is written. Nodes run
 * one after the other, each after those whose results it takes, so of a reader it is known
 *
 *   - that it has run, if the writer's operands were made from its results;
 *   - that it does no harm, if it is the writer itself and reads each element before it writes it;
 *   - else nothing: it must be waited for. A rule makes room for that by `Emitter.afterReaders`, a number that is passed
 *     on in the shape of no sides, and here that shape is made from the readers' results.
 */

import { assert } from '../core/assert.ts';
import type { NodeRecord } from './node-list.ts';
import { ATTRIBUTE } from './schema.ts';

export interface Succession {
  readonly input: string;
  /** The value that is handed out. */
  readonly output: string;
}

/** What stands for the shape of no sides that is there once an input has been read. */
export const readersOf = (input: string): string => `readers:${input}`;
const isPlace = (operand: string): boolean => operand.startsWith(readersOf(''));

/**
 * Puts in what must be waited for; `inPlace` holds the inputs that their successors may be written over.
 * `nodes` are in an order that can be run, and so is the result. `noSides` is a constant, for what waits for nothing.
 */
export function ordered(
  nodes: readonly NodeRecord[],
  successions: readonly Succession[],
  noSides: string,
): { readonly nodes: NodeRecord[]; readonly inPlace: ReadonlySet<string> } {
  const { readers, ancestors } = readersAmong(nodes, new Set(successions.map(({ input }) => input)));
  const positions = new Map(nodes.flatMap(({ output }, i) => output.map((value) => [value, i] as const)));
  const places = new Map(
    nodes.flatMap(({ input }, i) => input.filter(isPlace).map((operand) => [operand, i] as const)),
  );
  const inPlace = new Set<string>();
  const waits = new Map<string, readonly NodeRecord[]>();
  for (const { input, output } of successions) {
    const at = positions.get(output)!;
    const all = readers.get(input) ?? [];
    const own = all.find(({ position }) => position === at);
    if (own !== undefined && !isOverwritable(own)) continue;
    const others = all.filter(({ bit, position }) => position !== at && !ancestors[at]!.has(bit));
    const place = places.get(readersOf(input)) ?? -1;
    const isOrdered = others.every(({ position }) => position < place);
    if (!isOrdered) continue;
    inPlace.add(input);
    waits.set(
      readersOf(input),
      others.map(({ node }) => node),
    );
  }
  return { nodes: nodes.flatMap((node) => awaiting(node, waits, noSides)), inPlace };
}

interface Reader {
  readonly node: NodeRecord;
  readonly position: number;
  readonly bit: number;
  /** Which of the node's operands are the input or a view of it. */
  readonly operands: readonly number[];
}

/** Everything that reads one of the inputs, and for each node which of these it was made from. */
function readersAmong(nodes: readonly NodeRecord[], inputs: ReadonlySet<string>) {
  const views = new Map<string, string>();
  const readers = new Map<string, Reader[]>();
  const made = new Map<string, BitSet>();
  let count = 0;
  const ancestors = nodes.map((node, position) => {
    const roots = node.input.map((operand) => views.get(operand) ?? operand);
    let own = node.input.reduce((all, operand) => all.with(made.get(operand)), BitSet.NONE);
    const before = own;
    if (node.opType === 'Reshape' && inputs.has(roots[0]!)) views.set(node.output[0]!, roots[0]!);
    else {
      for (const input of new Set(roots.filter((root) => inputs.has(root)))) {
        const operands = roots.flatMap((root, i) => (root === input ? [i] : []));
        const reader = { node, position, bit: count++, operands };
        readers.set(input, [...(readers.get(input) ?? []), reader]);
        own = own.withBit(reader.bit);
      }
    }
    for (const value of node.output) made.set(value, own);
    return before;
  });
  return { readers, ancestors };
}

/** Operators of two operands that the runtime itself lets write over either. */
const ELEMENT_BY_ELEMENT: ReadonlySet<string> = new Set(['Add', 'Sub', 'Mul', 'Div']);
/** Operand of a blocked convolution that it adds onto, in place where that lies in the result's buffer. */
const ADDEND = 3;

function isOverwritable({ node, operands }: Reader): boolean {
  if (node.domain === undefined) return ELEMENT_BY_ELEMENT.has(node.opType);
  return node.opType === 'Conv' && operands.every((operand) => operand === ADDEND);
}

/** The node, and before it what makes the shape that it waits for. */
function awaiting(node: NodeRecord, waits: ReadonlyMap<string, readonly NodeRecord[]>, noSides: string): NodeRecord[] {
  const place = node.input.findIndex(isPlace);
  if (place < 0) return [node];
  const name = node.input[place]!;
  const late = waits.get(name) ?? [];
  const shapes = late.map(({ output }, i) => noSidesOf(output[0]!, `${name}:${i}`));
  const joined = shapes.length > 1 ? [concatenated(shapes, `${name}:all`)] : [];
  const shape = [...shapes, ...joined].at(-1)?.output[0] ?? noSides;
  return [...shapes, ...joined, { ...node, input: node.input.with(place, shape) }];
}

const integer = (name: string, i: number) => ({ name, i, type: ATTRIBUTE.int });

/** The first no sides of a tensor's shape: known as soon as the tensor is, whatever it holds. */
const noSidesOf = (value: string, name: string): NodeRecord => ({
  opType: 'Shape',
  name,
  input: [value],
  output: [name],
  attribute: [integer('start', 0), integer('end', 0)],
});

const concatenated = (parts: readonly NodeRecord[], name: string): NodeRecord => ({
  opType: 'Concat',
  name,
  input: parts.map(({ output }) => output[0]!),
  output: [name],
  attribute: [integer('axis', 0)],
});

const WORD = 32;

/** A set of small numbers that is never changed: nodes with one operand share theirs. */
class BitSet {
  static readonly NONE = new BitSet(new Uint32Array());
  private readonly words: Uint32Array;

  private constructor(words: Uint32Array) {
    this.words = words;
  }

  has(bit: number): boolean {
    return (((this.words[bit >> 5] ?? 0) >>> (bit % WORD)) & 1) === 1;
  }

  with(other: BitSet | undefined): BitSet {
    if (other === undefined || other === this || other.words.length === 0) return this;
    if (this.words.length === 0) return other;
    const [long, short] = this.words.length >= other.words.length ? [this, other] : [other, this];
    if (short.words.every((word, i) => (word & ~long.words[i]!) === 0)) return long;
    const words = long.words.slice();
    short.words.forEach((word, i) => {
      words[i]! |= word;
    });
    return new BitSet(words);
  }

  withBit(bit: number): BitSet {
    assert(!this.has(bit), 'in place: a reader counted twice');
    const words = new Uint32Array(Math.max(this.words.length, (bit >> 5) + 1));
    words.set(this.words);
    words[bit >> 5]! |= 1 << (bit % WORD);
    return new BitSet(words);
  }
}
