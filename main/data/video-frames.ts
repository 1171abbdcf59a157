/**
 * Takes frames out of a video with ffmpeg, which is a program of its own that the machine may have. A video comes from a
 * stranger: ffmpeg is started without a shell, may open files alone and no lists of files, and is ended when it takes too
 * long or fills the disk.
 */

import { spawn } from 'node:child_process';
import { readdir, statfs, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { AppError } from '../../preload/contract/errors.ts';
import type { FrameChoice } from '../../preload/contract/transfers.ts';
import { MAX_PIXELS } from '../images/format.ts';
import { toDiskError } from '../store/disk-errors.ts';
import { FfmpegWords, WORDS_ARGUMENTS } from './ffmpeg-words.ts';
import { splitJpegs } from './split-jpegs.ts';

export interface ExtractOptions {
  /** The program; by default the one on the path. */
  readonly ffmpeg?: string;
  readonly choice: FrameChoice;
  /** Where the frames are written; it is there. */
  readonly folder: string;
  readonly signal?: AbortSignal;
  readonly limitMs?: number;
  /** Told with each frame. */
  readonly onFrames?: (taken: FramesTaken) => void;
}

/** How far it is; the total is what the video says of its length and its rate, null where it says nothing. */
export interface FramesTaken {
  readonly done: number;
  readonly total: number | null;
}

/** What was taken out of a video. */
export interface ExtractedFrames {
  readonly bytes: number;
  /** What ffmpeg could not read, and frames that were left out. */
  readonly warnings: readonly string[];
}

/** Formats that hold their pictures themselves; of playlists and scripts, which name other files, none. */
const DEMUXERS = 'mov,matroska,avi,mpeg,mpegts,mpegvideo,asf,flv,ogg,m4v,h264,hevc,dv,mxf,ivf';
const LIMIT_MS = 2 * 3_600_000;
const MOST_FRAMES = 100_000;
/** Left on the disk for everything else. */
const LEAST_FREE_BYTES = 2 ** 30;
/** Frames between two looks at the disk. */
const FRAMES_A_LOOK = 50;
const FRAME_FILE = /^(\d{8})\.jpg$/;

/**
 * Writes the frames as JPEGs of high quality, named by their numbers: in the video, or among so many a second. A picture that
 * is the one before is written once. ffmpeg writes into a pipe, so it ends with this process, however that ends.
 * Errors: file-missing where there is no ffmpeg, with how to get it; file-unreadable with what ffmpeg says; bad-argument for
 * more than 100,000 frames; timed-out; disk-full; cancelled.
 */
export async function extractFrames(video: string, options: ExtractOptions): Promise<ExtractedFrames> {
  const { choice, folder, onFrames } = options;
  const step = 'every' in choice ? choice.every : 1;
  let [count, repeated, bytes] = [0, 0, 0];
  let before: Buffer | null = null;
  const said = await run(video, options, async (frame, total, stop) => {
    if (count >= MOST_FRAMES) return stop(tooMany(video));
    if (count % FRAMES_A_LOOK === 0 && (await isAlmostFull(folder))) return stop(diskFull(video, folder));
    const number = count * step;
    count += 1;
    onFrames?.({ done: count, total: total === null ? null : Math.max(total, count) });
    if (before?.equals(frame) === true) {
      repeated += 1;
      return;
    }
    before = frame;
    bytes += frame.length;
    await writeFile(join(folder, `${String(number).padStart(8, '0')}.jpg`), frame);
  });
  if (count === 0)
    throw unreadable(video, said === '' ? 'got a file without a single picture' : `ffmpeg says: ${said}`);
  const warnings = [
    ...(said === '' ? [] : [`${video}: not all of it could be read, ${count} frames were taken; ffmpeg says: ${said}`]),
    ...(repeated === 0 ? [] : [`${video}: ${repeated} frames are the picture before them, and were left out`]),
  ];
  return { bytes, warnings };
}

/** The frames in a folder in order, with their numbers. */
export async function extractedFrames(folder: string): Promise<{ readonly number: number; readonly path: string }[]> {
  const names = (await readdir(folder)).filter((name) => FRAME_FILE.test(name)).sort();
  return names.map((name) => ({ number: Number(FRAME_FILE.exec(name)![1]), path: join(folder, name) }));
}

/** For reports, and to tell one sequence of a source from another. */
export const frameChoiceWords = (choice: FrameChoice): string =>
  'every' in choice ? `every ${choice.every}` : `${choice.per_second} a second`;

/** As a frame choice is made in a chain of ffmpeg's filters; numbers alone go into it. */
const filterOf = (choice: FrameChoice): string =>
  'every' in choice
    ? `select='not(mod(n\\,${choice.every}))',setpts=N/(${WRITTEN_RATE}*TB)`
    : `fps=${choice.per_second}:start_time=0:round=near`;

/** Frames are written one by one whatever their times; any rate does. */
const WRITTEN_RATE = 25;

function argumentsFor(video: string, choice: FrameChoice): string[] {
  return [
    ...['-nostdin', ...WORDS_ARGUMENTS],
    ...['-protocol_whitelist', 'file,pipe', '-format_whitelist', DEMUXERS, '-max_pixels', String(MAX_PIXELS)],
    // The protocol is named, so that no name is taken for an option or another protocol.
    ...['-i', `file:${resolve(video)}`, '-map', '0:v:0', '-an', '-sn', '-dn'],
    ...['-vf', filterOf(choice), ...('every' in choice ? ['-r', String(WRITTEN_RATE)] : [])],
    ...['-frames:v', String(MOST_FRAMES + 1), '-q:v', '2', '-c:v', 'mjpeg', '-f', 'image2pipe', 'pipe:1'],
  ];
}

type Stop = (why: AppError) => void;

/** Has each frame taken, and returns what ffmpeg complained of. */
async function run(
  video: string,
  options: ExtractOptions,
  take: (frame: Buffer, total: number | null, stop: Stop) => Promise<void>,
): Promise<string> {
  const { ffmpeg = 'ffmpeg', choice, signal, limitMs = LIMIT_MS, folder } = options;
  const child = spawn(ffmpeg, argumentsFor(video, choice), { stdio: ['ignore', 'pipe', 'pipe'] });
  const words = new FfmpegWords();
  child.stderr.setEncoding('utf8').on('data', (text: string) => words.hear(text));
  const ended = new Promise<number | null>((done, fail) => {
    child.once('error', (error) => fail(toStartError(error, ffmpeg)));
    child.once('close', done);
  });
  ended.catch(() => {}); // met below, once the frames have ended as well
  let end: AppError | null = null;
  const stop = (why: AppError) => {
    end ??= why;
    child.kill('SIGKILL');
  };
  const onAbort = () => stop(new AppError('cancelled', `${video}: no more frames are taken out of it`));
  if (signal?.aborted === true) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  const limit = setTimeout(() => {
    stop(new AppError('timed-out', `import: ${video}: ffmpeg was ended after ${limitMs / 1000} s`, { file: video }));
  }, limitMs);
  try {
    for await (const frame of splitJpegs(child.stdout)) {
      if (end === null) await take(frame, words.expectedFrames(choice), stop);
    }
    const code = await ended;
    words.end();
    if (end !== null) throw end;
    if (code !== 0) throw unreadable(video, words.reason() ?? `ffmpeg ended with ${code ?? 'a signal'}`);
    return words.complaintsOf(video);
  } catch (error) {
    child.kill('SIGKILL');
    throw toDiskError(error, folder, `import: frames of ${video}`);
  } finally {
    clearTimeout(limit);
    signal?.removeEventListener('abort', onAbort);
  }
}

async function isAlmostFull(folder: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize < LEAST_FREE_BYTES;
}

const diskFull = (video: string, folder: string): AppError =>
  new AppError('disk-full', `import: frames of ${video} fill the disk of ${folder}`, { folder });

function tooMany(video: string): AppError {
  const message = `import: ${video} gives more than ${MOST_FRAMES} frames; take fewer with --rate or --every`;
  return new AppError('bad-argument', message, { file: video });
}

function unreadable(video: string, reason: string): AppError {
  return new AppError('file-unreadable', `import: ${video}: expected a video that ffmpeg reads; ${reason}`, {
    file: video,
  });
}

function toStartError(error: Error, ffmpeg: string): AppError {
  const cause = String((error as NodeJS.ErrnoException).code);
  const where = ffmpeg === 'ffmpeg' ? 'it is not on the PATH' : `${ffmpeg} cannot be started (${cause})`;
  const ways = 'apt install ffmpeg, brew install ffmpeg, winget install ffmpeg, or https://ffmpeg.org/download.html';
  const message = `import: reading a video needs ffmpeg, and ${where}: get it (${ways}), or name it with --ffmpeg FILE`;
  return new AppError('file-missing', message, { program: ffmpeg, cause }, { cause: error });
}
