/**
 * Takes frames out of a video with ffmpeg, which is a program of its own that the machine may have. A video comes from a
 * stranger: ffmpeg is started without a shell, may open files alone and no lists of files, and is ended when it takes too
 * long or fills the disk.
 */

import { spawn } from 'node:child_process';
import { mkdir, readdir, rename, statfs } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { AppError } from '../../preload/contract/errors.ts';
import type { FrameChoice } from '../../preload/contract/transfers.ts';

export interface ExtractOptions {
  /** The program; by default the one on the path. */
  readonly ffmpeg?: string;
  readonly choice: FrameChoice;
  /** An empty folder's name, made here once all frames are in it. */
  readonly folder: string;
  readonly signal?: AbortSignal;
  readonly limitMs?: number;
}

/** Formats that hold their pictures themselves; of playlists and scripts, which name other files, none. */
const DEMUXERS = 'mov,matroska,avi,mpeg,mpegts,mpegvideo,asf,flv,ogg,m4v,h264,hevc,dv,mxf,ivf';
const LIMIT_MS = 2 * 3_600_000;
const MOST_FRAMES = 100_000;
const MOST_PIXELS = 400_000_000;
/** Left on the disk for everything else. */
const LEAST_FREE_BYTES = 2 ** 30;
const LOOK_MS = 2_000;
const TOLD_CHARACTERS = 600;

/**
 * Writes the frames as JPEGs of high quality; returns their paths in order.
 * Errors: file-missing where there is no ffmpeg, with how to get it; file-unreadable with what ffmpeg says; bad-argument for
 * more than 100,000 frames; timed-out; disk-full; cancelled.
 */
export async function extractFrames(video: string, options: ExtractOptions): Promise<string[]> {
  const { folder, signal } = options;
  const partial = `${folder}.partial`;
  await mkdir(partial);
  await run(video, partial, options);
  signal?.throwIfAborted();
  const names = (await readdir(partial)).sort();
  if (names.length === 0) throw unreadable(video, 'it has no picture');
  if (names.length > MOST_FRAMES) {
    const message = `import: ${video} gives more than ${MOST_FRAMES} frames; take fewer with --rate or --every`;
    throw new AppError('bad-argument', message, { file: video });
  }
  await rename(partial, folder);
  return names.map((name) => join(folder, name));
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
    ...['-nostdin', '-hide_banner', '-loglevel', 'error'],
    ...['-protocol_whitelist', 'file', '-format_whitelist', DEMUXERS, '-max_pixels', String(MOST_PIXELS)],
    // The protocol is named, so that no name is taken for an option or another protocol.
    ...['-i', `file:${resolve(video)}`, '-map', '0:v:0', '-an', '-sn', '-dn'],
    ...['-vf', filterOf(choice), ...('every' in choice ? ['-r', String(WRITTEN_RATE)] : [])],
    ...['-frames:v', String(MOST_FRAMES + 1), '-q:v', '2', '-f', 'image2', 'frame-%08d.jpg'],
  ];
}

async function run(video: string, folder: string, options: ExtractOptions): Promise<void> {
  const { ffmpeg = 'ffmpeg', choice, signal, limitMs = LIMIT_MS } = options;
  const child = spawn(ffmpeg, argumentsFor(video, choice), { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-TOLD_CHARACTERS);
  });
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
  const look = setInterval(async () => {
    const { bavail, bsize } = await statfs(folder);
    if (bavail * bsize < LEAST_FREE_BYTES) {
      stop(new AppError('disk-full', `import: frames of ${video} fill the disk of ${folder}`, { folder }));
    }
  }, LOOK_MS);
  try {
    const code = await new Promise<number | null>((done, fail) => {
      child.once('error', (error) => fail(toStartError(error, ffmpeg)));
      child.once('close', done);
    });
    if (end !== null) throw end;
    if (code !== 0) throw unreadable(video, said.trim() || `ffmpeg ended with ${code ?? 'a signal'}`);
  } finally {
    clearTimeout(limit);
    clearInterval(look);
    signal?.removeEventListener('abort', onAbort);
  }
}

const unreadable = (video: string, reason: string): AppError =>
  new AppError('file-unreadable', `import: ${video} cannot be read as a video: ${reason}`, { file: video });

function toStartError(error: Error, ffmpeg: string): AppError {
  const cause = String((error as NodeJS.ErrnoException).code);
  const where = ffmpeg === 'ffmpeg' ? 'it is not on the PATH' : `${ffmpeg} cannot be started (${cause})`;
  const ways = 'apt install ffmpeg, brew install ffmpeg, winget install ffmpeg, or https://ffmpeg.org/download.html';
  const message = `import: reading a video needs ffmpeg, and ${where}: get it (${ways}), or name it with --ffmpeg FILE`;
  return new AppError('file-missing', message, { program: ffmpeg, cause }, { cause: error });
}
