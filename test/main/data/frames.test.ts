import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importDataset } from '../../../main/data/import.ts';
import { surveyDataset } from '../../../main/data/survey.ts';
import { extractFrames } from '../../../main/data/video-frames.ts';
import { imageById, imageCount, labelledImageCount } from '../../../main/store/images.ts';
import type { ReadProject } from '../../../main/store/project.ts';
import { frameOf, framesOf, sequenceName } from '../../../main/store/sequences.ts';
import { writePhoto } from '../../kit/data-sets.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { hasFfmpeg } from '../../kit/ffmpeg.ts';
import { tempFolder } from '../../kit/folders.ts';
import { newProject } from '../../kit/projects.ts';

async function folderOfFrames(count: number): Promise<string> {
  const folder = join(tempFolder(), 'walk');
  mkdirSync(folder);
  for (let i = 1; i <= count; i++) await writePhoto(join(folder, `frame${i}.png`), i);
  return folder;
}

/** Names of a project's frames with their numbers, in order. */
function told({ db }: ReadProject): (readonly [string, number])[] {
  return framesOf(db, 1).map(({ imageId, number }) => [basename(imageById(db, imageId)!.source_url), number]);
}

describe('a folder of frames', () => {
  test('comes in in the order of its numbers, unlabelled, whatever the task', async () => {
    const source = await folderOfFrames(11);
    const project = newProject(undefined, 'image-object-detection');

    const report = await importDataset(project, source, { format: 'sequence' });

    expect(report).toMatchObject({ format: 'sequence', read: 11, added: 11, skipped: [] });
    expect(told(project).map(([name]) => name)).toEqual(Array.from({ length: 11 }, (_, i) => `frame${i + 1}.png`));
    expect([labelledImageCount(project.db), sequenceName(project.db, 1)]).toEqual([0, 'walk']);
  });

  test('gives each so manieth, with the numbers they have among all', async () => {
    const project = newProject();

    await importDataset(project, await folderOfFrames(8), { format: 'sequence', frames: { choice: { every: 3 } } });

    expect(told(project)).toEqual([
      ['frame1.png', 0],
      ['frame4.png', 3],
      ['frame7.png', 6],
    ]);
  });

  test('that is imported again adds nothing, and frames that came since', async () => {
    const source = await folderOfFrames(3);
    const project = newProject(undefined, 'image-object-detection');
    await importDataset(project, source, { format: 'sequence' });
    await writePhoto(join(source, 'frame4.png'), 4);

    const report = await importDataset(project, source, { format: 'sequence' });

    expect(report).toMatchObject({ added: 1, already_present: 3, skipped: [] });
    expect(told(project).map(([, number]) => number)).toEqual([0, 1, 2, 3]);
  });

  test('takes pictures of the project that are no frames yet for frames', async () => {
    const source = await folderOfFrames(2);
    const project = newProject();
    const classes = tempFolder();
    mkdirSync(join(classes, 'bolt'));
    await writePhoto(join(classes, 'bolt', 'same.png'), 2);
    await importDataset(project, classes);

    await importDataset(project, source, { format: 'sequence' });

    expect([imageCount(project.db), labelledImageCount(project.db)]).toEqual([2, 1]);
    expect(frameOf(project.db, 1)).toEqual({ imageId: 1, sequenceId: 1, number: 1 });
  });

  test('has no rate of its own, and needs pictures', async () => {
    const project = newProject(undefined, 'image-object-detection');
    const wrong = { format: 'sequence', frames: { choice: { per_second: 5 } } } as const;

    const source = await folderOfFrames(1);

    expect((await appErrorOf(() => importDataset(project, source, wrong))).message).toContain('--every');
    expect((await appErrorOf(() => importDataset(project, tempFolder(), { format: 'sequence' }))).code).toBe(
      'bad-argument',
    );
  });
});

const describeWithFfmpeg = hasFfmpeg ? describe : describe.skip;

/** Two seconds of a moving pattern, ten pictures a second. */
function makeVideo(name = 'clip.mp4'): string {
  const path = join(tempFolder(), name);
  const source = 'testsrc=duration=2:size=64x48:rate=10';
  execFileSync('ffmpeg', ['-loglevel', 'error', '-f', 'lavfi', '-i', source, '-pix_fmt', 'yuv420p', path]);
  return path;
}

describeWithFfmpeg(`a video${hasFfmpeg ? '' : ' (no ffmpeg here)'}`, () => {
  test('is known by its name, and gives so many frames a second', async () => {
    const project = newProject(undefined, 'image-object-detection');
    const video = makeVideo();

    const report = await importDataset(project, video, { frames: { choice: { per_second: 5 } } });

    expect(report).toMatchObject({ format: 'video', added: 10, skipped: [], warnings: expect.any(Array) });
    expect(told(project).map(([, number]) => number)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(imageById(project.db, 1)).toMatchObject({ source_url: `${video} frame 0`, width_px: 64, height_px: 48 });
    expect(sequenceName(project.db, 1)).toBe('clip.mp4');
  });

  test('gives each so manieth frame with its number, and leaves nothing behind', async () => {
    const project = newProject(undefined, 'image-object-detection');
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('lightbench-import-'));

    await importDataset(project, makeVideo('-rf.mkv'), { frames: { choice: { every: 6 } } });

    expect(told(project).map(([, number]) => number)).toEqual([0, 6, 12, 18]);
    const after = readdirSync(tmpdir()).filter((name) => name.startsWith('lightbench-import-'));
    expect(after.filter((name) => !before.includes(name))).toEqual([]);
  });

  test('gives a frame a second where nobody says, which is told; it is surveyed as any source', async () => {
    const project = newProject(undefined, 'image-object-detection');
    const video = makeVideo();

    expect(await surveyDataset(project, video)).toMatchObject({ format: 'video', images: 2 });
    const report = await importDataset(project, video);

    expect(report.added).toBe(2);
    expect(report.warnings.join()).toContain('a frame a second');
  });

  test('that is none, or names other files, is refused with what ffmpeg says', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'text.mp4'), 'no video at all');
    const other = makeVideo('other.mp4');
    writeFileSync(join(folder, 'list.mp4'), `ffconcat version 1.0\nfile '${other}'\n`);
    writeFileSync(join(folder, 'list.m4v'), `#EXTM3U\n#EXTINF:2,\nfile://${other}\n`);
    const project = newProject(undefined, 'image-object-detection');

    for (const name of ['text.mp4', 'list.mp4', 'list.m4v']) {
      const error = await appErrorOf(() => importDataset(project, join(folder, name)));
      expect([error.code, error.message]).toEqual(['file-unreadable', expect.stringContaining(name)]);
    }
    expect(imageCount(project.db)).toBe(0);
  });

  test('has no files that could be linked', async () => {
    const error = await appErrorOf(() => importDataset(newProject(), makeVideo(), { copy: false }));

    expect([error.code, error.message]).toEqual(['bad-argument', expect.stringContaining('linked')]);
  });
});

describe('ffmpeg', () => {
  const every = { choice: { every: 1 } } as const;

  test('that is not there is told with ways to get it', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'a.mp4'), 'x');
    const frames = { ...every, ffmpeg: join(folder, 'no-such-program') };

    const error = await appErrorOf(() => importDataset(newProject(), join(folder, 'a.mp4'), { frames }));

    expect(error.code).toBe('file-missing');
    expect(error.message).toMatch(/no-such-program.*apt install ffmpeg.*--ffmpeg FILE/);
  });

  test('is ended when it takes too long, and when nobody wants its frames any more', async () => {
    const folder = tempFolder();
    const slow = join(folder, 'slow');
    writeFileSync(slow, '#!/bin/sh\nexec sleep 60\n');
    chmodSync(slow, 0o755);
    const options = { ...every, ffmpeg: slow };

    const late = await appErrorOf(() => extractFrames('a.mp4', { ...options, folder: join(folder, 'a'), limitMs: 50 }));
    const gone = { ...options, folder: join(folder, 'b'), signal: AbortSignal.abort() };
    const stopped = await appErrorOf(() => extractFrames('a.mp4', gone));

    expect([late.code, stopped.code]).toEqual(['timed-out', 'cancelled']);
  });
});
