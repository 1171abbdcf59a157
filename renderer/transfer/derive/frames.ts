/** Which frames of a video or a sequence are taken, as a person types it, and in words. */

import {
  FrameChoice,
  type ImportSource,
  MOST_EVERY,
  MOST_FRAMES_A_SECOND,
  type SourceSurvey,
  VIDEO_EXTENSIONS,
} from '../../../preload/contract/transfers.ts';
import { formatCount } from '../../ui/format.ts';

export type Framed = 'sequence' | 'video';

/** As typed: of what, in which unit, and how many; nothing stands for one. */
export interface TypedFrames {
  readonly of: Framed;
  readonly unit: 'every' | 'per_second';
  readonly text: string;
}

/** Pictures do not say how many a second they are. */
export const nothingTyped = (of: Framed): TypedFrames => ({
  of,
  unit: of === 'video' ? 'per_second' : 'every',
  text: '',
});

/** What a source is, of which frames can be chosen; null for what has none, or where nobody knows yet. */
export function framedAs({ path, format }: ImportSource, found: SourceSurvey | null): Framed | null {
  if (format !== 'auto') return isFramed(format) ? format : null;
  if (found !== null) return isFramed(found.format) ? found.format : null;
  const name = path.trim().toLowerCase();
  return VIDEO_EXTENSIONS.some((extension) => name.endsWith(extension)) ? 'video' : null;
}

const isFramed = (format: string): format is Framed => format === 'sequence' || format === 'video';

/** What is wrong with what is typed, or null. */
export function framesProblem({ unit, text }: TypedFrames): string | null {
  if (choiceOf({ unit, text }) !== null) return null;
  return unit === 'every'
    ? `A whole number from 1 to ${formatCount(MOST_EVERY)}`
    : `A number above 0 and at most ${formatCount(MOST_FRAMES_A_SECOND)}`;
}

/** The source as it is asked for: who says which frames to take of pictures means that they are frames. */
export function withFrames(source: ImportSource, typed: TypedFrames | null): ImportSource {
  return typed === null ? source : { ...source, format: typed.of, frames: choiceOf(typed) };
}

/** Null where what is typed is no choice. */
function choiceOf({ unit, text }: Pick<TypedFrames, 'unit' | 'text'>): FrameChoice | null {
  const number = text.trim() === '' ? 1 : Number(text);
  const choice = FrameChoice.safeParse(unit === 'every' ? { every: number } : { per_second: number });
  return choice.success ? choice.data : null;
}

export function frameWords(choice: FrameChoice): string {
  if ('per_second' in choice) {
    return choice.per_second === 1 ? 'a frame a second' : `${choice.per_second} frames a second`;
  }
  return choice.every === 1 ? 'every frame' : `one frame of every ${formatCount(choice.every)}`;
}
