import { randomBytes } from 'node:crypto';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sessionKey } from '../../../main/serve/session-key.ts';
import { tempFolder } from '../../kit/folders.ts';

test('the key is made once, for its user alone, and leaves nothing else', () => {
  const folder = join(tempFolder(), 'state');

  const key = sessionKey(folder, randomBytes);

  expect(key).toHaveLength(32);
  expect(sessionKey(folder, () => Buffer.alloc(32))).toEqual(key);
  expect(readdirSync(folder)).toEqual(['session.key']);
  if (process.platform !== 'win32') expect(statSync(join(folder, 'session.key')).mode & 0o777).toBe(0o600);
});

test('a file that is no key is refused by name', () => {
  const folder = tempFolder();
  writeFileSync(join(folder, 'session.key'), 'short');

  expect(() => sessionKey(folder, randomBytes)).toThrow(
    expect.objectContaining({ code: 'file-unreadable', message: expect.stringContaining('session.key holds 5 bytes') }),
  );
});

test('a folder that cannot be made is refused by name', () => {
  const file = join(tempFolder(), 'file');
  writeFileSync(file, '');

  expect(() => sessionKey(join(file, 'state'), randomBytes)).toThrow(
    expect.objectContaining({ code: 'folder-unwritable', message: expect.stringContaining(join(file, 'state')) }),
  );
});
