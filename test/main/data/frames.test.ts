import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importDataset } from '../../../main/data/import.ts';
import { imageById, imageCount, labelledImageCount } from '../../../main/store/images.ts';
import type { ReadProject } from '../../../main/store/project.ts';
import { frameOf, framesOf, sequenceName } from '../../../main/store/sequences.ts';
import { writePhoto } from '../../kit/data-sets.ts';
import { appErrorOf } from '../../kit/errors.ts';
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
