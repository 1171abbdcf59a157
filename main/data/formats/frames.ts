/**
 * Frames, which have no labels yet: a folder of pictures in the order of their names, or a video, whose frames are taken
 * out first.
 */

import { mkdir } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { AppError } from '../../../preload/contract/errors.ts';
import { type FrameChoice, VIDEO_EXTENSIONS } from '../../../preload/contract/transfers.ts';
import type { SequenceSource } from '../../store/sequences.ts';
import { isImageName } from '../image-finder.ts';
import type { ImageItem, ImportItem } from '../import-items.ts';
import type { OpenFrames } from '../kept-frames.ts';
import { extractedFrames, extractFrames, frameChoiceWords } from '../video-frames.ts';
import type { FormatReader, ReadSource } from './format.ts';

/** What is taken where nobody says. */
const EVERY: FrameChoice = { every: 1 };
const A_SECOND: FrameChoice = { per_second: 1 };

/** `frame2` before `frame10`. */
const NATURAL = new Intl.Collator('en', { numeric: true });

export const sequence: FormatReader = {
  format: 'sequence',
  usualFrames: EVERY,
  recognises: async (tree) => tree.file === null && (await tree.files()).some(isPicture),
  read: async (source) => {
    const { tree, frames } = source;
    const { choice = EVERY } = frames;
    if (tree.file !== null) {
      throw new AppError('bad-argument', `import: format sequence needs a folder of pictures, got ${tree.file}`);
    }
    if ('per_second' in choice) {
      const message = `import: --rate: the pictures of ${tree.root} do not say how many a second they are; take every Nth (--every)`;
      throw new AppError('bad-argument', message, { folder: tree.root });
    }
    const { every } = choice;
    const names = (await tree.files()).filter(isPicture).sort(NATURAL.compare);
    if (names.length === 0) {
      throw new AppError('bad-argument', `import: there is no picture in ${tree.root}`, { folder: tree.root });
    }
    const of: SequenceSource = {
      name: basename(tree.root),
      source: `${tree.root} ${frameChoiceWords({ every })}`,
      framesPerS: null,
    };
    return names.flatMap((name, number): ImportItem[] => {
      const path = tree.absolute(name);
      return number % every === 0 ? [frame(of, number, path, path)] : [];
    });
  },
};

export const video: FormatReader = {
  format: 'video',
  usualFrames: A_SECOND,
  recognises: async (tree) => tree.file !== null && isVideo(tree.file),
  read: async function* (source) {
    const { tree, frames } = source;
    if (tree.file === null) {
      throw new AppError('bad-argument', `import: format video needs one video file, got the folder ${tree.root}`);
    }
    const path = tree.absolute(tree.file);
    if (!source.copies) {
      const message = `import: frames of ${path} cannot be linked, as there are no files of them; copy them`;
      throw new AppError('bad-argument', message, { file: path });
    }
    const { choice = A_SECOND } = frames;
    if (frames.choice === undefined) {
      yield {
        kind: 'warning',
        text: `${path}: a frame a second is taken, as nobody said which (--rate or --every on the command line)`,
      };
    }
    yield* taken(source, path, choice);
  },
};

async function* taken(
  source: ReadSource,
  path: string,
  choice: FrameChoice,
): AsyncGenerator<ImportItem, void, undefined> {
  const { frames, warnings } = await openFrames(source, path, choice);
  for (const text of warnings) yield { kind: 'warning', text };
  const framesPerS = 'per_second' in choice ? choice.per_second : null;
  const of: SequenceSource = { name: basename(path), source: `${path} ${frameChoiceWords(choice)}`, framesPerS };
  for (const { number, path: file } of frames) yield frame(of, number, `${path} frame ${number}`, file);
}

/** Kept ones stay until the source is closed. */
async function openFrames(source: ReadSource, path: string, choice: FrameChoice): Promise<Omit<OpenFrames, 'release'>> {
  const { ffmpeg, kept, onFrames } = source.frames;
  const options = {
    ...{ choice, ...(ffmpeg === undefined ? {} : { ffmpeg }), ...(onFrames === undefined ? {} : { onFrames }) },
    ...(source.signal === undefined ? {} : { signal: source.signal }),
  };
  if (kept !== undefined) {
    const open = await kept.open(path, options);
    source.onClose(open.release);
    return open;
  }
  const folder = join(source.scratch, 'frames');
  await mkdir(folder);
  const { warnings } = await extractFrames(path, { ...options, folder });
  return { frames: await extractedFrames(folder), warnings };
}

const isPicture = (path: string): boolean => !path.includes('/') && isImageName(path);
export const isVideo = (path: string): boolean => VIDEO_EXTENSIONS.includes(extname(path).toLowerCase());

function frame(sequence: SequenceSource, number: number, where: string, file: string): ImageItem {
  return {
    ...{ kind: 'image', where, url: where, candidates: [file], labels: [], objects: null, splitName: null },
    claimed: { width: null, height: null },
    repairs: [],
    ...{ frame: { sequence, number }, isUnlabelled: true },
  };
}
