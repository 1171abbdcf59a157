/** Reads any part of a large picture from the engine's tiles of its own pixels, which are without loss. */

import type { Size, Xyxy } from '../../../native-models/geometry/box.ts';
import { placesOf, tileName, tilesTouching, tileXyxy } from '../../../native-models/geometry/tile-pyramid.ts';
import type { PixelReader, Raster } from './raster.ts';

/** `address`: below which the tiles are. */
export function tileReader(address: string, size: Size): PixelReader {
  let ready: Promise<unknown> | null = null;
  return {
    size,
    read: async (xyxy) => {
      ready ??= fetched(`${address}/exact`);
      try {
        await ready;
        return await readTiles(address, xyxy, size);
      } catch (error) {
        ready = null; // the engine may have given the tiles up, and makes them once more
        throw error;
      }
    },
  };
}

async function readTiles(address: string, xyxy: Xyxy, size: Size): Promise<Raster> {
  const [x0, y0, x1, y1] = xyxy;
  const canvas = new OffscreenCanvas(x1 - x0, y1 - y0);
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  for (const place of placesOf(tilesTouching(xyxy, size, 0))) {
    const reply = await fetched(`${address}/${tileName(place)}`);
    const tile = await createImageBitmap(await reply.blob());
    const [left, top] = tileXyxy(place, size);
    context.drawImage(tile, left - x0, top - y0);
    tile.close();
  }
  const { data } = context.getImageData(0, 0, x1 - x0, y1 - y0);
  return { width: x1 - x0, height: y1 - y0, rgba: data };
}

async function fetched(address: string): Promise<Response> {
  const reply = await fetch(address);
  if (!reply.ok) throw new Error(`The pixels of this large picture cannot be read (${reply.status}). Try again.`);
  return reply;
}
