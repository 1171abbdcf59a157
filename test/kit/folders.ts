/** Throw-away folders, and the two kinds of disk that fail: a full one and a read-only one. */

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, onTestFinished } from 'vitest';

/** A folder for all tests of a file, removed after the last of them. Call it where the file is collected. */
export function suiteFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'lightbench-')));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A fresh empty folder that is removed after the test that asked for it. */
export function tempFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'lightbench-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Why a small disk cannot be mounted here, or null where it can. */
export const noMountReason: string | null = findNoMountReason();

/** A disk of its own with that many bytes, unmounted after the test. */
export function smallDisk(sizeBytes: number): string {
  const folder = tempFolder();
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeBytes}`, 'tmpfs', folder]);
  onTestFinished(() => {
    execFileSync('umount', ['--lazy', folder]);
  });
  return folder;
}

/** Makes a disk of `smallDisk` refuse every write from now on, root's too. */
export function makeReadOnly(disk: string): void {
  execFileSync('mount', ['-o', 'remount,ro', disk]);
}

function findNoMountReason(): string | null {
  if (process.platform !== 'linux') return `no tmpfs on ${process.platform}`;
  const folder = mkdtempSync(join(tmpdir(), 'lightbench-mount-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder], { encoding: 'utf8' });
  if (mounted.status === 0) execFileSync('umount', [folder]);
  rmSync(folder, { recursive: true, force: true });
  return mounted.status === 0 ? null : `mounting is not permitted: ${mounted.stderr?.trim() || mounted.error?.message}`;
}
