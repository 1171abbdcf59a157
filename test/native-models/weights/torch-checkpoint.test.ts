import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { rngFrom } from '../../../native-models/core/rng.ts';
import { memorySource } from '../../../native-models/weights/byte-source.ts';
import { readWeights } from '../../../native-models/weights/read-weights.ts';
import { writeSafetensors } from '../../../native-models/weights/safetensors.ts';
import { type StoredTensor, toFloat32, WeightsFormatError } from '../../../native-models/weights/stored-tensor.ts';
import { zipOf } from '../../kit/archives.ts';

const fixture = (name: string): Buffer =>
  readFileSync(fileURLToPath(new URL(`../../fixtures/torch/checkpoints/${name}`, import.meta.url)));

const read = (bytes: Uint8Array) => readWeights(memorySource(bytes));

interface Expected {
  readonly shape: readonly number[];
  readonly values: readonly (number | string)[];
}

/** Values of any element type, as the fixture's script lists them. */
function valuesOf(name: string, tensor: StoredTensor): (number | string)[] {
  const bytes = new Uint8Array(tensor.read());
  if (tensor.type === 'I64') return [...new BigInt64Array(bytes.buffer)].map(String);
  if (tensor.type === 'I32') return [...new Int32Array(bytes.buffer)];
  if (tensor.type === 'U8' || tensor.type === 'BOOL') return [...bytes];
  if (tensor.type === 'F64') return [...new Float64Array(bytes.buffer)];
  return [...toFloat32(name, tensor)];
}

describe('torch checkpoints', () => {
  const expected: Record<string, Expected> = JSON.parse(fixture('tensors.json').toString());

  test.each(['tensors.pth', 'tensors-legacy.pth'])('%s: every type and every view reads as torch wrote it', (name) => {
    const { tensors, format } = read(fixture(name));

    const found = [...tensors].map(([key, tensor]) => [key, { shape: tensor.shape, values: valuesOf(key, tensor) }]);
    expect(format).toBe('torch');
    expect(Object.fromEntries(found)).toEqual(expected);
  });

  test('the model of a training checkpoint is found, without the names of wrappers', () => {
    const { tensors } = read(fixture('nested.pth'));

    expect([...tensors].map(([name, { type, shape }]) => `${name} ${type} [${shape}]`)).toEqual([
      '0.weight F32 [2,1,3,3]',
      '0.bias F32 [2]',
      '1.weight F32 [2]',
      '1.bias F32 [2]',
      '1.running_mean F32 [2]',
      '1.running_var F32 [2]',
      '1.num_batches_tracked I64 []',
    ]);
  });

  test('a plain dict of a later pickle protocol is read', () => {
    const { tensors } = read(fixture('plain-dict.pth'));

    expect([...tensors].map(([name, tensor]) => [name, valuesOf(name, tensor)])).toEqual([
      ['weight', [0, 1, 2, 3]],
      ['bias', [1, 1]],
    ]);
  });

  test.each([
    ['refused-call.pth', '"posix.system"'],
    ['refused-call-legacy.pth', '"__builtin__.eval"'],
    ['refused-class.pth', '"argparse.Namespace"'],
    ['refused-sparse.pth', '"torch._utils._rebuild_sparse_tensor"'],
    ['refused-complex.pth', '"torch.ComplexFloatStorage"'],
    ['refused-expanded.pth', '[100] repeats the 1 elements'],
    ['script.pt', 'TorchScript'],
  ])('%s is refused by the name of what it holds', (name, words) => {
    expect(() => read(fixture(name))).toThrow(words);
    expect(() => read(fixture(name))).toThrow(WeightsFormatError);
  });
});

test('a safetensors file is one whatever its first byte, which is a length', () => {
  const formats = Array.from({ length: 300 }, (_, i) => {
    const { format, metadata } = read(writeSafetensors(new Map(), { note: 'x'.repeat(i) }));
    return format === 'safetensors' && metadata['note']!.length === i;
  });

  expect(formats.every(Boolean)).toBe(true);
});

describe('a damaged checkpoint', () => {
  const files = ['tensors.pth', 'tensors-legacy.pth', 'nested.pth'] as const;

  test.each(files)('%s cut short anywhere is refused', (name) => {
    const whole = fixture(name);

    for (let length = 0; length < whole.length; length += 7) {
      expect(() => read(whole.subarray(0, length)), `${length} bytes`).toThrow(WeightsFormatError);
    }
  });

  test.each(files)('%s with random bytes changed is refused or read, never anything else', (name) => {
    const whole = fixture(name);
    const rng = rngFrom(3, name);

    for (let round = 0; round < 1500; round++) {
      const file = new Uint8Array(whole);
      for (let hit = 0; hit < 1 + rng.integer(4); hit++) file[rng.integer(file.length)] = rng.integer(256);
      readOrRefuse(file, 4 * whole.length);
    }
  });

  test('random instructions are refused or read, never anything else', () => {
    const rng = rngFrom(4, 'instructions');
    const codes = [...'(.012)]}abcdehijlopqrstuBCGIJKLMNPQRSTUVX'].map((letter) => letter.charCodeAt(0));
    const all = [...codes, 0x80, 0x81, 0x82, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8c, 0x92, 0x93, 0x94, 0x95];

    for (let round = 0; round < 5000; round++) {
      const pickle = Uint8Array.from({ length: 1 + rng.integer(60) }, () => {
        return rng.uniform() < 0.7 ? all[rng.integer(all.length)]! : rng.integer(4);
      });
      readOrRefuse(checkpointOf(pickle), 1 << 16);
    }
  });
});

/** Reads all there is to read, which must end in tensors of at most so many bytes or in the one error. */
function readOrRefuse(file: Uint8Array, mostBytes: number): void {
  try {
    let total = 0;
    for (const [, tensor] of read(file).tensors) total += tensor.read().length;
    expect(total).toBeLessThanOrEqual(mostBytes);
  } catch (error) {
    expect(error).toBeInstanceOf(WeightsFormatError);
  }
}

/** A checkpoint of that pickle and one storage. */
function checkpointOf(pickle: Uint8Array, storageBytes = 16): Uint8Array {
  return zipOf([
    { path: 'archive/data.pkl', bytes: pickle, isStored: true },
    { path: 'archive/data/0', bytes: new Uint8Array(storageBytes), isStored: true },
  ]);
}

/** Pieces of a pickle: text stands for its bytes, numbers for themselves. */
const pickled = (...pieces: readonly (string | number)[]): Uint8Array =>
  Buffer.concat(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece, 'latin1') : Buffer.of(piece))));

const short = (text: string): string => `U${String.fromCharCode(text.length)}${text}`;
const TENSOR = 'ctorch._utils\n_rebuild_tensor_v2\n';
const storage = (key: string, elements: number, kind = 'FloatStorage') =>
  `(${short('storage')}ctorch\n${kind}\n${short(key)}${short('cpu')}K${String.fromCharCode(elements)}tQ`;
/** A call that makes a tensor; offset, shape and strides are given as instructions. */
const tensor = (outside: string, offset: string, shape: string, strides: string) =>
  `${TENSOR}(${outside}${offset}(${shape}t(${strides}t\x89NtR`;
/** A dict of one tensor `w`. */
const tensorOf = (...parts: Parameters<typeof tensor>) => pickled(`}${short('w')}${tensor(...parts)}s.`);

describe('a hostile checkpoint', () => {
  const huge = 'J\xff\xff\xff\x7f';

  test('the builder of this suite makes what is read', () => {
    const { tensors } = read(checkpointOf(tensorOf(storage('0', 4), 'K\0', 'K\x02K\x02', 'K\x02K\x01')));

    expect([...tensors].map(([name, { type, shape }]) => [name, type, shape])).toEqual([['w', 'F32', [2, 2]]]);
  });

  const refused: Readonly<Record<string, readonly [bytes: Uint8Array, words: string]>> = {
    'calls the system': [pickled('cos\nsystem\n', short('true'), 0x85, 'R.'), '"os.system"'],
    'makes an object of any class': [pickled('ccollections\nOrderedDict\n)', 0x81, '.'), 'NEWOBJ'],
    'takes a class and values from the stack': [pickled('(cos\nsystem\no.'), '"os.system"'],
    'names a class by text on the stack': [pickled(short('builtins'), short('exec'), 0x93, '.'), '"builtins.exec"'],
    'sets attributes of a tensor': [pickled(TENSOR, '}b.'), 'attributes'],
    'calls a number': [pickled('K\x01)R.'), 'calls what is no function'],
    'calls without a list of values': [pickled('ccollections\nOrderedDict\nK\x01R.'), 'without its values'],
    'uses an extension': [pickled(0x82, 1, '.'), 'EXT1'],
    'recalls what was never kept': [pickled('h\x07.'), 'value 7 is recalled'],
    'has a protocol of the future': [pickled(0x80, 9, 'N.'), 'protocol 9'],
    'has an empty stack': [pickled('.'), 'a value is missing'],
    'has no mark': [pickled('t.'), 'a mark is missing'],
    'claims a text of two gigabytes': [pickled('X\xff\xff\xff\x7f'), 'cut short'],
    'claims a text of more bytes than there are numbers': [
      pickled(0x8d, '\xff\xff\xff\xff\xff\xff\xff\xff'),
      'a length',
    ],
    'has an integer of 255 bytes': [pickled(0x8a, 255, '\0'.repeat(255), '.'), 'an integer of 255 bytes'],
    'never ends': [pickled('N0'.repeat(300_000), 'N.'), 'more than 500000 instructions'],
    'is one number': [pickled('K\x01.'), 'holds 1, not a dict'],
    'is a dict of no tensors': [pickled('}', short('epoch'), 'K\x03s.'), 'a dict of epoch'],
    'is a list that holds itself': [pickled(']q\0h\0a.'), 'holds a list'],
    'has a key that is a list': [pickled('}]Ns.'), 'a key that is no text'],
    'refers outside to what is no storage': [pickled(short('x'), 'Q.'), 'no storage'],
    'is a tensor without a storage': [tensorOf('N', 'K\0', 'K\x02', 'K\x01'), 'is not made of storage'],
    'is a tensor of half an axis': [tensorOf(storage('0', 4), 'K\0', 'G?\xe0\0\0\0\0\0\0', 'K\x01'), 'is not made of'],
    'has a tensor outside its storage': [
      tensorOf(storage('0', 4), 'K\x03', 'K\x02', 'K\x01'),
      'element 4 of a storage of 4',
    ],
    'has a tensor before its storage': [
      tensorOf(storage('0', 4), 'J\xff\xff\xff\xff', 'K\x02', 'K\x01'),
      'is not made of',
    ],
    'has a tensor of many bytes out of few': [tensorOf(storage('0', 4), 'K\0', huge, 'K\0'), 'repeats the 4 elements'],
    'has a tensor of more than all bytes': [
      tensorOf(storage('0', 4), 'K\0', huge.repeat(40), 'K\0'.repeat(40)),
      'repeats the 4 elements',
    ],
    'has a storage larger than its file': [tensorOf(storage('0', 5), 'K\0', 'K\x02', 'K\x01'), 'has 16 bytes'],
    'has a storage that is not there': [tensorOf(storage('9', 4), 'K\0', 'K\x02', 'K\x01'), 'lacks storage "9"'],
    'has a storage that leads out of the archive': [
      tensorOf(storage('../../etc/passwd', 4), 'K\0', 'K\x02', 'K\x01'),
      'lacks storage "../../etc/passwd"',
    ],
  };

  test.each(Object.entries(refused))('that %s is refused', (_, [pickle, words]) => {
    const act = () => read(checkpointOf(pickle));

    expect(act).toThrow(words);
    expect(act).toThrow(WeightsFormatError);
  });

  test('what torch 2 adds is read, but for the other byte order', () => {
    const pickle = tensorOf(storage('0', 4), 'K\0', 'K\x02', 'K\x01');
    const entries = (order: string) => [
      { path: 'archive/data.pkl', bytes: pickle, isStored: true },
      { path: 'archive/.format_version', bytes: Buffer.from('1'), isStored: true },
      { path: 'archive/byteorder', bytes: Buffer.from(order), isStored: true },
      { path: 'archive/data/0', bytes: new Uint8Array(16), isStored: true },
      { path: 'archive/.data/serialization_id', bytes: Buffer.from('7'), isStored: true },
    ];

    expect([...read(zipOf(entries('little'))).tensors.keys()]).toEqual(['w']);
    expect(() => read(zipOf(entries('big')))).toThrow('has byte order "big"');
  });

  test('packed entries, huge pickles and archives of other things are refused', () => {
    const pickle = tensorOf(storage('0', 4), 'K\0', 'K\x02', 'K\x01');
    const data = { path: 'archive/data.pkl', bytes: pickle, isStored: true };
    const bomb = { path: 'archive/data/0', bytes: new Uint8Array(10_000_000) };
    const endless = { path: 'archive/data.pkl', bytes: new Uint8Array(17 << 20), isStored: true };
    const other = { path: 'embedding/kernel.npy', bytes: new Uint8Array(8), isStored: true };

    expect(() => read(zipOf([data, bomb]))).toThrow('packs its entry "archive/data/0"');
    expect(() => read(zipOf([endless]))).toThrow('too many');
    expect(() => read(zipOf([other]))).toThrow('no torch checkpoint: it holds embedding/kernel.npy');
  });

  test('many tensors of one storage do not fill a disk', () => {
    const whole = tensor(storage('0', 250), 'K\0', 'K\xfa', 'K\x01');
    const again = Array.from({ length: 100 }, (_, i) => `${short(`w${i}`)}h\0s`);
    const pickle = pickled(`}${short('w')}${whole}q\0s`, ...again, '.');

    expect(() => read(checkpointOf(pickle, 1000))).toThrow('makes more than');
  });

  test('a deep or wide value in the wrong place is named by its kind', () => {
    const nested = pickled(']'.repeat(100_000), 'a'.repeat(99_999), '.');
    const wide = pickled(
      ']q\0',
      ...Array.from({ length: 60 }, (_, i) =>
        `]q${String.fromCharCode(i + 1)}`.concat(`h${String.fromCharCode(i)}a`.repeat(10)),
      ),
      '.',
    );

    for (const pickle of [nested, wide]) expect(() => read(checkpointOf(pickle))).toThrow('holds a list');
  });
});
