/**
 * Tensors from a formula that Python and TypeScript compute bit for bit alike, so that reference numbers need no weight
 * files. Element i of the tensor named n is float32(offset + scale * u), u = h / 2^32 * 2 - 1 in float64, where h is the
 * finaliser of MurmurHash3 applied to fnv1a32(n) + i * 0x9E3779B1 modulo 2^32.
 * The same formula in Python: test/fixtures/torch/fixture_tensors.py.
 */

export interface FixtureTensor {
  readonly dims: number[];
  readonly data: Float32Array;
}

export interface NamedShape {
  readonly name: string;
  readonly shape: readonly number[];
}

const GOLDEN_STEP = 0x9e3779b1; // 2^32 divided by the golden ratio, made odd

/** FNV-1a, 32 bits, over the UTF-8 bytes of the text. Source: Fowler, Noll, Vo, http://www.isthe.com/chongo/tech/comp/fnv */
function fnv1a32(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 0x01000193);
  return value >>> 0;
}

/** The 32-bit integer behind element `index` of a tensor. Source: fmix32 of MurmurHash3, Appleby 2011. */
function elementHash(nameHash: number, index: number): number {
  let h = (nameHash + Math.imul(index, GOLDEN_STEP)) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

const elementCount = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** The float32 tensor of that name, with values in [offset - scale, offset + scale). */
export function fixtureTensor(name: string, shape: readonly number[], scale = 1, offset = 0): FixtureTensor {
  const nameHash = fnv1a32(name);
  const data = new Float32Array(elementCount(shape));
  for (let i = 0; i < data.length; i++) {
    const unit = (elementHash(nameHash, i) / 2 ** 32) * 2 - 1;
    data[i] = offset + scale * unit;
  }
  return { dims: [...shape], data };
}

/** The 32-bit integers behind the elements of the tensor `name`. */
export function fixtureHashes(name: string, count: number): Uint32Array {
  const nameHash = fnv1a32(name);
  return Uint32Array.from({ length: count }, (_, i) => elementHash(nameHash, i));
}

/** Class indices: the hashes of the tensor `name` modulo the number of classes. */
export function fixtureLabels(name: string, count: number, classes: number): Int32Array {
  return Int32Array.from(fixtureHashes(name, count), (hash) => hash % classes);
}

/** The direction a gradient is multiplied with for the `dot` of the fixtures: uniform in [-1, 1). */
export function fixtureDirection(name: string, shape: readonly number[]): FixtureTensor {
  return fixtureTensor(`direction:${name}`, shape);
}

/**
 * Values for every parameter and running statistic of a model, by name. A tensor's scale follows from the shape of its
 * sibling `.weight`, so the list must be whole: convolution weights He uniform, linear weights and all biases of linear
 * and convolution layers uniform with 1/sqrt(fan in), batch and layer norms 1 + 0.1u and 0.1u with running mean 0 and
 * variance 1, a token or table of the model itself 0.1u.
 */
export function fixtureWeights(tensors: readonly NamedShape[]): Map<string, FixtureTensor> {
  const shapes = new Map(tensors.map(({ name, shape }) => [name, shape]));
  return new Map(
    tensors.map(({ name, shape }) => {
      const [scale, offset] = scaleAndOffset(name, shapes);
      return [name, fixtureTensor(name, shape, scale, offset)];
    }),
  );
}

function scaleAndOffset(name: string, shapes: ReadonlyMap<string, readonly number[]>): [scale: number, offset: number] {
  const dot = name.lastIndexOf('.');
  if (dot === -1) return [0.1, 0];
  const [prefix, field] = [name.slice(0, dot), name.slice(dot + 1)];
  if (field === 'running_mean') return [0, 0];
  if (field === 'running_var') return [0, 1];
  const weight = shapes.get(`${prefix}.weight`);
  if (weight === undefined) throw new Error(`fixture weights: "${name}" needs "${prefix}.weight" in the same list`);
  if (weight.length === 1) return [0.1, field === 'weight' ? 1 : 0];
  const fanIn = elementCount(weight.slice(1));
  return [field === 'weight' && weight.length === 4 ? Math.sqrt(6 / fanIn) : 1 / Math.sqrt(fanIn), 0];
}

/** Sum of the bit patterns modulo 2^32, which the fixtures record per tensor. */
export function bitsSum(data: Float32Array): number {
  const bits = new Uint32Array(data.buffer, data.byteOffset, data.length);
  let sum = 0;
  for (const word of bits) sum = (sum + word) | 0;
  return sum >>> 0;
}
