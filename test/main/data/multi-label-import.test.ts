import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importDataset } from '../../../main/data/import.ts';
import { labelledImages } from '../../../main/store/images.ts';
import type { ReadProject } from '../../../main/store/project.ts';
import { writeFolderSet, writeJsonl, writePhoto } from '../../kit/data-sets.ts';
import { tempFolder } from '../../kit/folders.ts';
import { newProject } from '../../kit/projects.ts';

const multiLabel = () => newProject(undefined, 'image-classification-multilabel');
const labels = ({ db }: ReadProject) => labelledImages(db).map(({ class_names }) => class_names);

/** A JSON Lines file with a picture of its own for each label value. */
async function linesOf(values: readonly unknown[]): Promise<string> {
  const folder = tempFolder();
  const records = await Promise.all(
    values.map(async (label, i) => {
      await writePhoto(join(folder, `${i}.png`), i);
      return { image_url: `${i}.png`, label };
    }),
  );
  return writeJsonl(join(folder, 'x.jsonl'), records);
}

describe('JSON Lines with lists of labels', () => {
  test('come in as sets; an empty list is a negative and counted as such', async () => {
    const file = await linesOf([['can', 'milk_bottle'], ['can'], []]);
    const project = multiLabel();

    const report = await importDataset(project, file);

    expect(labels(project)).toEqual([['can', 'milk_bottle'], ['can'], []]);
    expect(report).toMatchObject({
      ...{ read: 3, added: 3, skipped: [], repaired: [] },
      classes: { can: 2, milk_bottle: 1 },
      without_class: 1,
    });
    expect(report.warnings).toContain('the project has 3 labelled images; at least 10 are advised');
  });

  test('are put right where it is plain what is meant', async () => {
    const file = await linesOf([['can', 'can'], 'carton', [' can ']]);
    const project = multiLabel();

    const report = await importDataset(project, file);

    expect(labels(project)).toEqual([['can'], ['carton'], ['can']]);
    expect(report.repaired).toEqual([
      `${file}:1: label "can": given more than once, counted once`,
      `${file}:2: label "carton": taken for a list of this one class`,
      `${file}:3: label " can ": spaces around the name left out`,
    ]);
  });

  test('are skipped by line where it is not', async () => {
    const file = await linesOf([['can', 3], ['can', ''], null, { can: 1 }, ['carton']]);
    const project = multiLabel();

    const report = await importDataset(project, file);

    expect(labels(project)).toEqual([['carton']]);
    expect(report.skipped.map(({ where, reason }) => `${where.slice(file.length)} ${reason}`)).toEqual([
      ':1 label: entry 2 of the list must be a class name as text, got a number (3)',
      ':2 label: entry 2 of the list must be a class name as text, got a string ("")',
      ':3 label: expected a list of class names, got null',
      ':4 label: expected a list of class names, got an object ({"can":1})',
    ]);
  });

  test('come in once: the same picture with the same set is there already, with another is a conflict', async () => {
    const folder = tempFolder();
    await writePhoto(join(folder, 'a.png'), 1);
    const file = writeJsonl(join(folder, 'x.jsonl'), [
      { image_url: 'a.png', label: ['can', 'jar'] },
      { image_url: 'a.png', label: ['jar', 'can'] },
      { image_url: 'a.png', label: ['can'] },
      { image_url: 'a.png', label: [] },
    ]);
    const project = multiLabel();

    const report = await importDataset(project, file);
    const again = await importDataset(project, file);

    const conflicts = [
      `label "can": the same picture as ${join(folder, 'a.png')}, which is labelled "can", "jar"`,
      `label none: the same picture as ${join(folder, 'a.png')}, which is labelled "can", "jar"`,
    ];
    expect(report).toMatchObject({ added: 1, already_present: 1 });
    expect(report.skipped.map(({ reason }) => reason)).toEqual(conflicts);
    expect(again).toMatchObject({ added: 0, already_present: 2, skipped: [{}, {}] });
    expect(labels(project)).toEqual([['can', 'jar']]);
  });
});

describe('a folder per class', () => {
  test('gives a picture that lies in several all of their labels, in one import or in two', async () => {
    const source = await writeFolderSet(tempFolder(), { bolt: 2, nut: 1 });
    copyFileSync(join(source, 'bolt/0.png'), join(source, 'nut/copy.png'));
    const project = multiLabel();

    const first = await importDataset(project, source);
    mkdirSync(join(source, 'rusty'));
    copyFileSync(join(source, 'bolt/1.png'), join(source, 'rusty/1.png'));
    const second = await importDataset(project, source);

    expect(first).toMatchObject({ added: 3, already_present: 1, skipped: [], classes: { bolt: 2, nut: 2 } });
    expect(first.repaired).toEqual([
      expect.stringMatching(/nut\/copy.png: the same picture as .*bolt\/0.png, whose labels are now "bolt", "nut"$/),
    ]);
    expect(second).toMatchObject({ added: 0, already_present: 5, skipped: [] });
    expect(labels(project)).toEqual([['bolt', 'nut'], ['bolt', 'rusty'], ['nut']]);
  });
});
