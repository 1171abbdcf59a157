/**
 * Cuts a large picture into tiles. libvips reads it from top to bottom and keeps a few rows at a time, so that memory
 * hardly grows with the picture. Runs in child processes.
 */

import { readdirSync, renameSync, rmSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { levelCount, levelSize, TILE_SIDE } from '../../native-models/geometry/tile-pyramid.ts';
import { openForOneReading, pipelineOf, readHeader, toImageError } from './decode.ts';
import type { PyramidPart } from './pyramid-parts.ts';

/** Without loss, for pixels that are counted and compared; half of what PNG takes. */
const EXACT = { lossless: true, effort: 0 } as const;
const COARSE = { quality: 90, chromaSubsampling: '4:4:4' } as const;

/**
 * Writes the tiles of a part into an empty folder, as `level/column_row.ending`, all of them on disk when it returns.
 * Returns how many bytes they have.
 * Errors: as `decode`.
 */
export async function writePyramid(path: string, part: PyramidPart, folder: string): Promise<number> {
  const file = openForOneReading(path);
  const header = await readHeader(file);
  const { width, height } = header.autoOrient;
  if (part === 'coarse' && levelCount({ width, height }) === 1) return 0; // it has but its own pixels
  const source = await pipelineOf(file, {}, 'error', header);
  try {
    if (part === 'exact') {
      await source
        .webp(EXACT)
        .tile({ size: TILE_SIDE, overlap: 0, depth: 'one', layout: 'dz' })
        .toFile(join(folder, 'tiles.dz'));
    } else {
      const half = levelSize({ width, height }, 1);
      await source
        .resize({ ...half, fit: 'fill', kernel: 'linear' })
        .jpeg(COARSE)
        .tile({ size: TILE_SIDE, overlap: 0, depth: 'onetile', layout: 'dz' })
        .toFile(join(folder, 'tiles.dz'));
    }
  } catch (error) {
    throw toImageError(error, file);
  }
  takeLevels(folder, part, levelCount({ width, height }));
  return flushFiles(folder);
}

/** The writer counts levels from the smallest on, and adds descriptions that nobody reads. */
function takeLevels(folder: string, part: PyramidPart, levels: number): void {
  const written = join(folder, 'tiles_files');
  for (const { name } of readdirSync(written, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
    const level = part === 'exact' ? 0 : levels - 1 - Number(name);
    renameSync(join(written, name), join(folder, String(level)));
  }
  rmSync(written, { recursive: true });
  rmSync(join(folder, 'tiles.dzi'));
}

/** Puts every file below a folder on disk; returns how many bytes they have. */
async function flushFiles(folder: string): Promise<number> {
  let bytes = 0;
  for (const level of readdirSync(folder)) {
    for (const name of readdirSync(join(folder, level))) {
      const path = join(folder, level, name);
      const handle = await open(path, 'r');
      await handle.sync().finally(() => handle.close());
      bytes += (await stat(path)).size;
    }
  }
  return bytes;
}
