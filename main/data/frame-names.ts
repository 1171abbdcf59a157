/** What CVAT calls the frames of a video, read and written. */

import { extname } from 'node:path';

const FRAME_NAME = /^frame_(\d{1,9})$/i;

/** Without the ending of a file. */
export const frameName = (number: number): string => `frame_${String(number).padStart(6, '0')}`;

/** Of a file's name; null where it is no frame's. */
export function frameNumberOf(name: string): number | null {
  const number = FRAME_NAME.exec(name.slice(0, -extname(name).length))?.[1];
  return number === undefined ? null : Number(number);
}
