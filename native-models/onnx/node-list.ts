/**
 * The nodes of a graph under construction. Equal nodes are one, a view of a view is a view of what lies below, and
 * nodes whose results nobody reads are left out: rules need not know what others have written.
 */

import type { Attribute, Attributes } from '../rules/emitter.ts';
import { ATTRIBUTE } from './schema.ts';

export interface NodeRecord {
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly name: string;
  readonly opType: string;
  readonly domain?: string;
  readonly attribute: readonly object[];
}

export class NodeList {
  /** Begins all names. */
  private readonly prefix: string;
  private readonly nodes: NodeRecord[] = [];
  private readonly known = new Map<string, readonly string[]>();
  /** What each view is a view of. */
  private readonly bases = new Map<string, string>();

  constructor(prefix: string) {
    this.prefix = prefix;
  }

  /**
   * Names of the outputs of a node, new or there already. `isView`: it names all sides of another shape for the same
   * elements, so that what its operand was shaped like before does not matter.
   */
  add(
    type: string,
    inputs: readonly string[],
    attributes: Attributes,
    outputs: number,
    isView: boolean,
  ): readonly string[] {
    const base = isView ? (this.bases.get(inputs[0]!) ?? inputs[0]!) : null;
    const operands = base === null ? inputs : [base, ...inputs.slice(1)];
    const key = JSON.stringify([type, operands, attributes, outputs]);
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const [operator, domain] = type.split(':').reverse() as [string, string | undefined];
    const name = `${this.prefix}${operator}_${this.nodes.length}`;
    const output = Array.from({ length: outputs }, (_, i) => (i === 0 ? name : `${name}_${i}`));
    const attribute = Object.entries(attributes).map(([title, value]) => attributeOf(title, value));
    const owner = domain === undefined ? {} : { domain };
    this.nodes.push({ input: operands, output, name, opType: operator, attribute, ...owner });
    this.known.set(key, output);
    if (base !== null) this.bases.set(name, base);
    return output;
  }

  /** What a view is a view of; any other value is its own base. */
  baseOf(value: string): string {
    return this.bases.get(value) ?? value;
  }

  /** Operator sets beside ONNX's own, each at its only version. */
  domains(): { readonly domain: string; readonly version: number }[] {
    const named = new Set(this.nodes.flatMap(({ domain }) => (domain === undefined ? [] : [domain])));
    return [...named].sort().map((domain) => ({ domain, version: 1 }));
  }

  /** What it takes to make these values, in an order that can be run. */
  needed(values: readonly string[]): NodeRecord[] {
    const read = new Set(values);
    const kept = this.nodes.toReversed().filter(({ input, output }) => {
      const isRead = output.some((value) => read.has(value));
      if (isRead) for (const value of input) read.add(value);
      return isRead;
    });
    return kept.reverse();
  }
}

/**
 * The same nodes, those first that need none of the others. The runtime works back from the outputs, and of two operands it makes
 * the one first whose node stands later: so a moment is scaled when the gradient that joins it is there, and not before a whole
 * backward pass, after which neither is in the cache.
 */
export function withRootsFirst(nodes: readonly NodeRecord[]): NodeRecord[] {
  const made = new Set(nodes.flatMap(({ output }) => output));
  const [roots, others]: [NodeRecord[], NodeRecord[]] = [[], []];
  for (const node of nodes) (node.input.some((value) => made.has(value)) ? others : roots).push(node);
  return [...roots, ...others];
}

function attributeOf(name: string, value: Attribute): object {
  if (typeof value === 'number') return { name, i: value, type: ATTRIBUTE.int };
  if (typeof value === 'string') return { name, s: new TextEncoder().encode(value), type: ATTRIBUTE.string };
  if ('graph' in value) return { name, g: value.graph, type: ATTRIBUTE.graph };
  if ('floats' in value) return { name, floats: [...value.floats], type: ATTRIBUTE.floats };
  if ('float' in value) return { name, f: value.float, type: ATTRIBUTE.float };
  return { name, ints: [...value], type: ATTRIBUTE.ints };
}
