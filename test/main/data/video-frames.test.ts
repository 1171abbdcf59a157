import { appendFileSync, chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { importDataset } from '../../../main/data/import.ts';
import { KeptFrames } from '../../../main/data/kept-frames.ts';
import { splitJpegs } from '../../../main/data/split-jpegs.ts';
import { surveyDataset } from '../../../main/data/survey.ts';
import { extractedFrames, extractFrames } from '../../../main/data/video-frames.ts';
import { readJpegHeader } from '../../../main/images/jpeg-header.ts';
import { imageById, imageCount } from '../../../main/store/images.ts';
import type { ReadProject } from '../../../main/store/project.ts';
import { framesOf, sequenceName } from '../../../main/store/sequences.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { eventually } from '../../kit/eventually.ts';
import { hasFfmpeg, makeVideo, pattern, USUAL } from '../../kit/ffmpeg.ts';
import { tempFolder } from '../../kit/folders.ts';
import { encoder, photo } from '../../kit/pictures.ts';
import { killHard, startProcess } from '../../kit/processes.ts';
import { newProject } from '../../kit/projects.ts';

const numbers = ({ db }: ReadProject): number[] => framesOf(db, 1).map(({ number }) => number);
const detection = () => newProject(undefined, 'image-object-detection');
const jpeg = (seed: number, options = {}) =>
  encoder(photo(40, 30, seed))
    .jpeg(options)
    .toBuffer();

test('JPEGs come whole out of a stream, wherever its pieces end', async () => {
  const pictures = await Promise.all([jpeg(1), jpeg(2, { quality: 100 }), jpeg(3, { progressive: true }), jpeg(4)]);
  const stream = Buffer.concat([...pictures, pictures[0]!.subarray(0, 300)]);

  for (const piece of [1, 2, 7, 500, stream.length]) {
    const pieces = async function* () {
      for (let at = 0; at < stream.length; at += piece) yield stream.subarray(at, at + piece);
    };
    const found: Buffer[] = [];
    for await (const picture of splitJpegs(pieces())) found.push(Buffer.from(picture));
    expect(found).toEqual(pictures);
  }
});

/** A program in place of ffmpeg: it notes that it was started, and says what `body` has it say. */
async function program(body: string) {
  const folder = tempFolder();
  for (const seed of [1, 2, 3]) writeFileSync(join(folder, `${seed}.jpg`), await jpeg(seed));
  const path = join(folder, 'program');
  writeFileSync(path, `#!/bin/sh\necho started >> ${folder}/starts\ncd ${folder}\n${body}\n`);
  chmodSync(path, 0o755);
  const video = join(folder, 'a.mp4');
  writeFileSync(video, 'x');
  const starts = () => readFileSync(join(folder, 'starts'), 'utf8').trim().split('\n').length;
  return { ffmpeg: path, video, starts };
}

const every = { choice: { every: 5 } } as const;
const clock = { nowMs: () => Date.parse('2026-01-01') };

describe('frames of a video', () => {
  test('are taken out once for a look, a trial and imports, until the file or the choice is another', async () => {
    const { ffmpeg, video, starts } = await program('cat 1.jpg 2.jpg 3.jpg');
    const kept = new KeptFrames(join(tempFolder(), 'frames'), clock);
    const frames = { ...every, ffmpeg, kept };
    const project = detection();

    expect(await surveyDataset(project, video, { frames })).toMatchObject({ format: 'video', images: 3 });
    await importDataset(project, video, { frames, dryRun: true, workers: 1 });
    await importDataset(project, video, { frames, workers: 1 });
    await importDataset(detection(), video, { frames, workers: 1 });
    expect([starts(), numbers(project)]).toEqual([1, [0, 5, 10]]);

    await surveyDataset(project, video, { frames: { ...frames, choice: { every: 2 } } });
    expect(starts()).toBe(2);
    appendFileSync(video, 'more');
    await surveyDataset(project, video, { frames });
    expect(starts()).toBe(3);
  });

  test('are taken out once where two ask at a time, and anew where the first gave up', async () => {
    const { ffmpeg, video, starts } = await program('sleep 0.3\ncat 1.jpg');
    const kept = new KeptFrames(join(tempFolder(), 'frames'), clock);
    const both = await Promise.all([kept.open(video, { ...every, ffmpeg }), kept.open(video, { ...every, ffmpeg })]);
    expect([both.map(({ frames }) => frames.length), starts()]).toEqual([[1, 1], 1]);

    const gone = new AbortController();
    const choice = { every: 9 };
    const first = appErrorOf(() => kept.open(video, { choice, ffmpeg, signal: gone.signal }));
    const second = kept.open(video, { choice, ffmpeg });
    gone.abort();
    expect([(await first).code, (await second).frames.length]).toEqual(['cancelled', 1]);
  });

  test('go when there are too many bytes, those unused for longest first, and none that is read', async () => {
    const { ffmpeg, video } = await program('cat 1.jpg 2.jpg 3.jpg');
    const folder = join(tempFolder(), 'frames');
    let nowMs = clock.nowMs();
    const kept = new KeptFrames(folder, { nowMs: () => (nowMs += 1000), mostBytes: 1000 });
    const read = await kept.open(video, { ...every, ffmpeg });
    const other = await kept.open(video, { choice: { every: 2 }, ffmpeg });
    expect(readdirSync(folder)).toHaveLength(2);

    other.release();
    expect(readdirSync(folder)).toHaveLength(1);
    expect(read.frames.every(({ path }) => existsSync(path))).toBe(true);
    read.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('that are the picture before them are left out, with the number of the next unchanged', async () => {
    const { ffmpeg, video } = await program('cat 1.jpg 1.jpg 1.jpg 2.jpg 1.jpg');
    const folder = tempFolder();

    const { warnings } = await extractFrames(video, { choice: { every: 1 }, ffmpeg, folder });

    expect((await extractedFrames(folder)).map(({ number }) => number)).toEqual([0, 3, 4]);
    expect(warnings).toEqual([`${video}: 2 frames are the picture before them, and were left out`]);
  });
});

describe('ffmpeg', () => {
  test('that is not there is told with ways to get it', async () => {
    const { video, ffmpeg } = await program('');
    const frames = { ...every, ffmpeg: `${ffmpeg}-none` };

    const error = await appErrorOf(() => importDataset(newProject(), video, { frames }));

    expect(error.code).toBe('file-missing');
    expect(error.message).toMatch(/program-none.*apt install ffmpeg.*--ffmpeg FILE/);
  });

  test('is ended when it takes too long, and when nobody wants its frames any more; nothing is left', async () => {
    const { ffmpeg, video } = await program('cat 1.jpg\nexec sleep 60');
    const folder = join(tempFolder(), 'frames');
    const kept = new KeptFrames(folder, clock);

    const late = await appErrorOf(() => kept.open(video, { ...every, ffmpeg, limitMs: 50 }));
    const stopped = await appErrorOf(() => kept.open(video, { ...every, ffmpeg, signal: AbortSignal.abort() }));

    expect([late.code, stopped.code, readdirSync(folder)]).toEqual(['timed-out', 'cancelled', []]);
  });

  test('that gives no picture is told with the file, what was expected and what came', async () => {
    const silent = await program('exit 0');
    const loud = await program('echo "[mov @ 0x55ad] moov atom not found" >&2\nexit 1');
    const deaf = await program(`echo "Stream map '0:v:0' matches no streams." >&2\nexit 1`);

    const messages = await Promise.all(
      [silent, loud, deaf].map(async ({ ffmpeg, video }) => {
        const { code, message } = await appErrorOf(() =>
          extractFrames(video, { ...every, ffmpeg, folder: tempFolder() }),
        );
        return [code, message.replace(video, 'VIDEO')];
      }),
    );

    const expected = 'import: VIDEO: expected a video that ffmpeg reads; ';
    expect(messages).toEqual([
      ['file-unreadable', `${expected}got a file without a single picture`],
      ['file-unreadable', `${expected}ffmpeg says: [mov] moov atom not found`],
      ['file-unreadable', `${expected}got a file without pictures, as one of sound or text alone is`],
    ]);
  });
});

/** Whether some process has a video on its command line, as this system tells. */
const isReading = (video: string): boolean =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .some((id) =>
      readFileSync(join('/proc', id, 'cmdline'), { encoding: 'utf8', flag: 'r' }).includes(`file:${video}`),
    );

const describeWithFfmpeg = hasFfmpeg ? describe : describe.skip;

describeWithFfmpeg(`a real video${hasFfmpeg ? '' : ' (no ffmpeg here)'}`, () => {
  test('is known by its name, and gives so many frames a second', async () => {
    const project = detection();
    const video = makeVideo('clip.mp4', pattern(2), USUAL);

    const report = await importDataset(project, video, { frames: { choice: { per_second: 5 } } });

    expect(report).toMatchObject({ format: 'video', added: 10, skipped: [] });
    expect(report.warnings.filter((text) => text.includes('clip.mp4'))).toEqual([]);
    expect(numbers(project)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(imageById(project.db, 1)).toMatchObject({ source_url: `${video} frame 0`, width_px: 64, height_px: 48 });
    expect(sequenceName(project.db, 1)).toBe('clip.mp4');
  });

  test('gives each so manieth frame with its number, and leaves nothing behind', async () => {
    const project = detection();
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('lightbench-import-'));

    await importDataset(project, makeVideo('-rf %03d [1].mkv', pattern(2), USUAL), {
      frames: { choice: { every: 6 } },
    });

    expect(numbers(project)).toEqual([0, 6, 12, 18]);
    const after = readdirSync(tmpdir()).filter((name) => name.startsWith('lightbench-import-'));
    expect(after.filter((name) => !before.includes(name))).toEqual([]);
  });

  test('gives a frame a second where nobody says, which is told; it is surveyed as any source', async () => {
    const project = detection();
    const video = makeVideo('clip.mp4', pattern(2), USUAL);

    expect(await surveyDataset(project, video)).toMatchObject({ format: 'video', images: 2 });
    const report = await importDataset(project, video);

    expect(report.added).toBe(2);
    expect(report.warnings.join()).toContain('a frame a second');
  });

  test('is upright, of any size, of VP9 and of a rate that changes', async () => {
    const upright = makeVideo(
      'a.mp4',
      ['-i', makeVideo('lying.mp4', pattern(1), USUAL)],
      ['-c', 'copy', '-metadata:s:v', 'rotate=90'],
    );
    const odd = makeVideo('odd.mkv', pattern(1, '61x47'), ['-c:v', 'libx264', '-pix_fmt', 'yuv444p']);
    const vp9 = makeVideo('b.webm', pattern(1), ['-c:v', 'libvpx-vp9', '-pix_fmt', 'yuv420p']);
    const changing = [...pattern(4, '64x48', '20'), '-vf', "select='lt(t,2)+not(mod(n,20))'", '-vsync', 'vfr'];
    const varying = makeVideo('c.mp4', changing, USUAL);

    const seen = [];
    for (const video of [upright, odd, vp9, varying]) {
      const folder = tempFolder();
      await extractFrames(video, { choice: { per_second: 2 }, folder });
      const frames = await extractedFrames(folder);
      const { width, height } = readJpegHeader(readFileSync(frames[0]!.path))!;
      seen.push([basename(video), `${width}x${height}`, frames.map(({ number }) => number).join()]);
    }

    expect(seen).toEqual([
      ['a.mp4', '48x64', '0,1'],
      ['odd.mkv', '61x47', '0,1'],
      ['b.webm', '64x48', '0,1'],
      ['c.mp4', '64x48', '0,1,2,3,4'],
    ]);
  });

  test('of two hours with a picture a minute gives each picture once, at any rate', async () => {
    const shades = "color=gray:size=64x48:rate=1/60,geq=lum='mod(N*37,256)':cb=128:cr=128";
    const video = makeVideo('slow.mp4', ['-f', 'lavfi', '-i', shades, '-frames:v', '120'], USUAL);
    const folder = tempFolder();

    const { warnings } = await extractFrames(video, { choice: { per_second: 0.1 }, folder });

    const found = (await extractedFrames(folder)).map(({ number }) => number);
    expect(found).toEqual(Array.from({ length: 120 }, (_, i) => 6 * i));
    expect(warnings).toEqual([`${video}: 600 frames are the picture before them, and were left out`]);
  });

  test('is left by ffmpeg when its engine is killed; the next takes the frames out anew', async () => {
    const video = makeVideo('long.mp4', pattern(40, '320x240', '25'), USUAL);
    const folder = join(tempFolder(), 'frames');
    const engine = startProcess(fileURLToPath(new URL('./take-frames.ts', import.meta.url)), [video, folder]);
    await eventually(() => expect(readdirSync(folder, { recursive: true }).join()).toContain('.jpg'));

    await killHard(engine);

    expect(readdirSync(folder).every((name) => name.startsWith('.partial-'))).toBe(true);
    await eventually(() => expect(isReading(video)).toBe(false));
    const { frames } = await new KeptFrames(folder, clock).open(video, { choice: { every: 100 } });
    expect(frames.map(({ number }) => number)).toEqual(Array.from({ length: 10 }, (_, i) => 100 * i));
  });

  test('that is torn gives what it has, and says so; one of sound, and one of nothing, are refused', async () => {
    const whole = makeVideo('whole.mp4', pattern(4), [...USUAL, '-movflags', '+faststart']);
    const torn = join(tempFolder(), 'torn.mp4');
    const bytes = readFileSync(whole);
    writeFileSync(torn, bytes.subarray(0, Math.round(bytes.length * 0.7)));
    const sound = makeVideo('sound.mp4', ['-f', 'lavfi', '-i', 'sine=duration=1']);
    const empty = join(tempFolder(), 'empty.mp4');
    writeFileSync(empty, '');
    const frames = { choice: { per_second: 5 } } as const;

    const report = await importDataset(detection(), torn, { frames, workers: 1 });
    const errors = await Promise.all(
      [sound, empty].map((file) => appErrorOf(() => importDataset(detection(), file, { frames }))),
    );

    expect(report.added).toBeGreaterThan(3);
    expect(report.added).toBeLessThan(20);
    expect(report.warnings.join('\n')).toMatch(
      /torn.mp4: not all of it could be read, \d+ frames were taken; ffmpeg says: /,
    );
    expect(errors.map(({ code, message }) => [code, message.includes('expected a video that ffmpeg reads')])).toEqual([
      ['file-unreadable', true],
      ['file-unreadable', true],
    ]);
    expect(errors[0]!.message).toContain('got a file without pictures');
  });

  test('that is none, or names other files, is refused with what ffmpeg says', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'text.mp4'), 'no video at all');
    const other = makeVideo('other.mp4', pattern(1), USUAL);
    writeFileSync(join(folder, 'list.mp4'), `ffconcat version 1.0\nfile '${other}'\n`);
    writeFileSync(join(folder, 'list.m4v'), `#EXTM3U\n#EXTINF:2,\nfile://${other}\n`);
    const project = detection();

    for (const name of ['text.mp4', 'list.mp4', 'list.m4v']) {
      const error = await appErrorOf(() => importDataset(project, join(folder, name)));
      expect([error.code, error.message]).toEqual(['file-unreadable', expect.stringContaining(name)]);
    }
    expect(imageCount(project.db)).toBe(0);
  });

  test('has no files that could be linked', async () => {
    const video = makeVideo('a.mp4', pattern(1), USUAL);
    const error = await appErrorOf(() => importDataset(newProject(), video, { copy: false }));

    expect([error.code, error.message]).toEqual(['bad-argument', expect.stringContaining('linked')]);
  });
});
