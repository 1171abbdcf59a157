/** Whether this machine can read videos, and videos for tests of that. */

import { execFileSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { tempFolder } from './folders.ts';
import { encoder, photo } from './pictures.ts';

export const hasFfmpeg = (() => {
  try {
    execFileSync('ffmpeg', ['-version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/** What ffmpeg makes of a source of its own, or of files: `options` between input and output. */
export function makeVideo(name: string, input: readonly string[], options: readonly string[] = []): string {
  const path = join(tempFolder(), name);
  execFileSync('ffmpeg', ['-loglevel', 'error', ...input, ...options, `file:${path}`], { stdio: 'pipe' });
  return path;
}

/** A moving pattern, ten pictures a second. */
export const pattern = (seconds: number, size = '64x48', rate = '10'): string[] => [
  ...['-f', 'lavfi', '-i', `testsrc=duration=${seconds}:size=${size}:rate=${rate}`],
];

/** As most videos are. */
export const USUAL: readonly string[] = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];

/** For one test a program in place of ffmpeg: a video of so many seconds that gives a picture and then no more. */
export async function stuckFfmpeg(seconds: number): Promise<void> {
  const folder = tempFolder();
  const said = `[info]   Duration: 00:00:${seconds}.00, start: 0.000000, bitrate: 39 kb/s`;
  writeFileSync(
    join(folder, 'one.jpg'),
    await encoder(photo(40, 30, 1))
      .jpeg()
      .toBuffer(),
  );
  // The end of a picture is known by the beginning of the next.
  const gives = `sleep 0.2; cat ${folder}/one.jpg ${folder}/one.jpg`;
  writeFileSync(join(folder, 'ffmpeg'), `#!/bin/sh\necho '${said}' >&2\n${gives}\nexec sleep 60\n`);
  chmodSync(join(folder, 'ffmpeg'), 0o755);
  vi.stubEnv('PATH', `${folder}${delimiter}${process.env['PATH']}`);
  onTestFinished(() => void vi.unstubAllEnvs());
}
