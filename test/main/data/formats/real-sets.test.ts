import { expect, test } from 'vitest';
import { importDataset } from '../../../../main/data/import.ts';
import { annotatedImages } from '../../../../main/store/annotations.ts';
import type { Task } from '../../../../preload/contract/tasks.ts';
import { newProject } from '../../../kit/projects.ts';
import { describeWithShared, sharedPath } from '../../../kit/shared.ts';

async function imported(path: string, task: Task, imagesFolder?: string) {
  const project = newProject(undefined, task);
  const report = await importDataset(project, sharedPath('data', path), {
    copy: false,
    ...(imagesFolder === undefined ? {} : { imagesFolder: sharedPath('data', imagesFolder) }),
  });
  return { project, report };
}

describeWithShared('real data sets with objects', ['data/bccd-cells', 'data/aerial-cars', 'data/fruits-nuts'], () => {
  test('cells come in whole as VOC, and their CSV is found to say the same of every image', async () => {
    const { project, report } = await imported('bccd-cells', 'image-object-detection');

    const again = await importDataset(project, sharedPath('data/bccd-cells/boxes.csv'), { copy: false });

    expect(report).toMatchObject({ format: 'voc', read: 364, added: 364, skipped: [], repaired: [] });
    expect(report.objects.skipped.map(({ where, reason }) => `${where.slice(-30)} ${reason}`)).toEqual(
      [
        'BloodImage_00338.xml: line 158 expected a shape with an area, got box from (504, 337) to (504, 337)',
        'BloodImage_00343.xml: line 50 expected a shape with an area, got box from (181, 329) to (181, 329)',
      ].map((text) => expect.stringContaining(text.slice(12))),
    );
    expect(report.object_counts).toEqual({ Platelets: 361, RBC: 4153, WBC: 372 });
    expect(again).toMatchObject({ format: 'csv', read: 364, already_present: 364, skipped: [] });
  });

  test('cars come in from YOLO labels with the names of their classes', async () => {
    const { report } = await imported('aerial-cars', 'image-object-detection');

    expect(report).toMatchObject({ format: 'yolo', added: 8, skipped: [], objects: { read: 323, added: 323 } });
    expect(report.object_counts).toEqual({ bus: 6, car: 306, minibus: 11 });
  });

  test('fruits are the same from labelme and from COCO', async () => {
    const fromLabelme = await imported('fruits-nuts/images', 'image-instance-segmentation');
    const fromCoco = await imported(
      'fruits-nuts/coco/trainval.json',
      'image-instance-segmentation',
      'fruits-nuts/images',
    );

    const shapes = ({ project }: typeof fromCoco) =>
      [...annotatedImages(project.db)]
        .map(({ image, annotations }) => ({
          sha256: image.sha256,
          objects: annotations.map(({ class_name, shape }) => ({ class_name, shape })),
        }))
        .sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1));
    expect([fromLabelme.report.format, fromCoco.report.format]).toEqual(['labelme', 'coco']);
    expect(fromLabelme.report.objects).toMatchObject({ added: 165, skipped: [] });
    expect(shapes(fromLabelme)).toEqual(shapes(fromCoco));
  });
});
