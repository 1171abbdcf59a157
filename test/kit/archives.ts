/** Archives made by hand, sound ones and the sort nobody should trust. */

import { crc32, deflateRawSync, gzipSync } from 'node:zlib';

export interface ArchiveFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** tar only: '2' is a symbolic link. */
  readonly type?: string;
  /** zip only: the checksum the list claims. */
  readonly crc?: number;
  /** zip only: how many bytes the list says there are. */
  readonly claimedBytes?: number;
  /** zip only: the packed bytes, whatever they are. */
  readonly packed?: Uint8Array;
  /** zip only: as it is, instead of packed. */
  readonly isStored?: boolean;
}

export function zipOf(files: readonly ArchiveFile[]): Uint8Array {
  const parts: Buffer[] = [];
  const list: Buffer[] = [];
  let offset = 0;
  for (const { path, bytes, crc = crc32(bytes), isStored = false, claimedBytes = bytes.length, ...file } of files) {
    const name = Buffer.from(path);
    const packed = Buffer.from(file.packed ?? (isStored ? bytes : deflateRawSync(bytes)));
    const numbers = Buffer.alloc(20); // method, time, date, crc, packed, size, name length, extra length
    numbers.writeUInt16LE(isStored ? 0 : 8, 0);
    numbers.writeUInt32LE(crc, 6);
    numbers.writeUInt32LE(packed.length, 10);
    numbers.writeUInt32LE(claimedBytes, 14);
    numbers.writeUInt16LE(name.length, 18);
    const local = Buffer.concat([Buffer.from('504b030414000000', 'hex'), numbers, Buffer.alloc(2), name, packed]);
    const tail = Buffer.alloc(16);
    tail.writeUInt32LE(offset, 12);
    list.push(Buffer.concat([Buffer.from('504b010214001400', 'hex'), Buffer.alloc(2), numbers, tail, name]));
    parts.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(list);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, directory, end]);
}

export function tarGzOf(files: readonly ArchiveFile[]): Uint8Array {
  const blocks = files.flatMap(({ path, bytes, type = '0' }) => {
    const header = Buffer.alloc(512);
    header.write(path, 0);
    header.write(bytes.length.toString(8).padStart(11, '0'), 124);
    header.write('        ', 148);
    header.write(type, 156);
    header.write('ustar\x0000', 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    return [header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}
