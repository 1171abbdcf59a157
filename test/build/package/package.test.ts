import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { RELEASE_FUSES, readFuses, setReleaseFuses } from '../../../build/package/fuses.ts';
import { isForThisMachine } from '../../../build/package/layout.ts';
import { tempFolder } from '../../kit/folders.ts';

const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';

/** A file with a wire of so many fuses, all of them on, as Electron's program has one among its bytes. */
function madeProgram(fuses: number): string {
  const path = join(tempFolder(), 'program');
  const wire = Buffer.from([1, fuses, ...Array.from({ length: fuses }, () => '1'.charCodeAt(0))]);
  writeFileSync(path, Buffer.concat([Buffer.alloc(1000), Buffer.from(SENTINEL), wire, Buffer.alloc(1000)]));
  return path;
}

describe('release fuses', () => {
  test('are set as the list says', async () => {
    const program = madeProgram(Object.keys(RELEASE_FUSES).length);

    await setReleaseFuses(program);

    expect(await readFuses(program)).toEqual(RELEASE_FUSES);
  });

  test('that an older runtime does not have are left out', async () => {
    const program = madeProgram(2);

    await setReleaseFuses(program);

    expect(await readFuses(program)).toEqual({ RunAsNode: false, EnableCookieEncryption: true });
  });

  test('that nobody decided on stop the release', async () => {
    const program = madeProgram(Object.keys(RELEASE_FUSES).length + 1);

    await expect(setReleaseFuses(program)).rejects.toThrow('fuses that nobody decided on: 9');
  });
});

test('a package takes what native packages have for its own system alone', () => {
  const { platform, arch } = process;
  const other = platform === 'linux' ? 'darwin' : 'linux';
  const runtime = '/x/node_modules/onnxruntime-node/bin/napi-v6';

  const taken = [`${runtime}/${platform}`, `${runtime}/${platform}/${arch}/a.node`, '/x/node_modules/zod/src/a.js'];
  const left = [`${runtime}/${other}`, `${runtime}/${platform}/s390x`, '/x/node_modules/better-sqlite3/deps'];
  expect(taken.map(isForThisMachine)).toEqual([true, true, true]);
  expect(left.map(isForThisMachine)).toEqual([false, false, false]);
});
