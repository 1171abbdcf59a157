/** Whether this machine can read videos, and videos for tests of that. */

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { tempFolder } from './folders.ts';

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
