import { describe, expect, test } from 'vitest';
import { memorySource } from '../../../native-models/weights/byte-source.ts';
import { WeightsFormatError } from '../../../native-models/weights/stored-tensor.ts';
import { zipEntries } from '../../../native-models/weights/zip-directory.ts';
import { zipOf } from '../../kit/archives.ts';

const entry = (path: string, text: string) => ({ path, bytes: Buffer.from(text), isStored: true });
const entriesOf = (file: Uint8Array) => zipEntries(memorySource(file));
const two = () => Buffer.from(zipOf([entry('a/one', 'first'), entry('a/two', 'second')]));

/** Offsets in the archive of `two`. */
const LOCAL = { one: 0, two: 40 };
const LIST = { one: 81, two: 132 };
const END = 183;

/** A copy with bytes written into it. */
function patched(...patches: readonly (readonly [at: number, hex: string])[]): Buffer {
  const file = two();
  for (const [at, hex] of patches) Buffer.from(hex, 'hex').copy(file, at);
  return file;
}

/** Behind the list of an archive: its 64-bit end and the place of that, with the old end's numbers made void. */
function with64BitEnd(file: Buffer): Buffer {
  const end = file.subarray(END);
  const end64 = Buffer.alloc(56);
  end64.writeUInt32LE(0x06064b50, 0);
  end64.writeBigUInt64LE(44n, 4);
  for (const at of [24, 32]) end64.writeBigUInt64LE(2n, at);
  end64.writeBigUInt64LE(BigInt(end.readUInt32LE(12)), 40);
  end64.writeBigUInt64LE(BigInt(end.readUInt32LE(16)), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(END), 8);
  const narrow = Buffer.from(end);
  narrow.fill(0xff, 8, 20);
  return Buffer.concat([file.subarray(0, END), end64, locator, narrow]);
}

describe('a ZIP archive', () => {
  test('entries lie where their bytes are', () => {
    const file = two();

    const texts = [...entriesOf(file).values()].map(({ name, offset, sizeBytes, isPacked }) => {
      return [name, file.toString('latin1', offset, offset + sizeBytes), isPacked];
    });
    expect(texts).toEqual([
      ['a/one', 'first', false],
      ['a/two', 'second', false],
    ]);
  });

  test('a comment may follow, and a 64-bit end may come before', () => {
    const commented = Buffer.concat([patched([END + 20, '0300']), Buffer.from('PK\x05')]);

    for (const file of [commented, with64BitEnd(two())]) expect(entriesOf(file)).toEqual(entriesOf(two()));
  });

  test('packed entries are listed as such', () => {
    const file = zipOf([{ path: 'a', bytes: new Uint8Array(1000) }]);

    expect(entriesOf(file).get('a')).toMatchObject({ isPacked: true });
  });

  const refused: Readonly<Record<string, readonly [file: Uint8Array, words: string]>> = {
    'without its end': [two().subarray(0, END + 10), 'cut short'],
    'of more entries than it lists': [patched([END + 10, '0300']), 'list of entries is damaged'],
    'of 65,535 entries in no room': [patched([END + 10, 'ffff']), 'list of entries is damaged'],
    'whose list is outside of it': [patched([END + 16, 'ffffff00']), 'cut short?'],
    'whose list is larger than any': [patched([END + 12, 'ffffff7f']), 'its list of entries has'],
    'in several parts': [patched([END + 4, '0200']), 'one part of several'],
    'that is encrypted': [patched([LIST.one + 8, '0100']), '"a/one" is encrypted'],
    'of an entry of two sizes': [patched([LIST.one + 24, '06']), '"a/one" has two sizes'],
    'of an entry that reaches into the list': [
      patched([LIST.two + 20, 'ff000000ff000000']),
      'into the list of entries',
    ],
    'of an entry with another name where it lies': [patched([LOCAL.two + 30, '62']), 'has another name where it lies'],
    'of an entry that lies nowhere': [patched([LIST.two + 42, '0100']), 'is not where the list says'],
    'of an entry beyond the end': [patched([LIST.two + 42, 'f0ff0000']), 'cut short?'],
    'of an entry without its 64-bit size': [patched([LIST.one + 20, 'ffffffffffffffff']), 'lacks its 64-bit size'],
    'of two entries of one name': [zipOf([entry('a', '1'), entry('a', '2')]), '"a" is there twice'],
    'of entries that overlap': [patched([LIST.one + 20, '0600000006000000']), '"a/two" overlaps "a/one"'],
    'whose 64-bit end is elsewhere': [
      Buffer.from(with64BitEnd(two())).fill(0, END, END + 4),
      '64-bit end is not where it should be',
    ],
    'of more bytes than there are numbers': [
      Buffer.from(with64BitEnd(two())).fill(0xff, END + 48, END + 56),
      'a size or',
    ],
  };

  test.each(Object.entries(refused))('%s is refused', (_, [file, words]) => {
    expect(() => entriesOf(file)).toThrow(words);
    expect(() => entriesOf(file)).toThrow(WeightsFormatError);
  });
});
