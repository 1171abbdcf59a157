import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ImportItem, SourceObject } from '../../main/data/import-items.ts';
import { openSource } from '../../main/data/import-source.ts';
import { ringsXyxy } from '../../native-models/geometry/polygon.ts';
import { shapeXyxy } from '../../native-models/geometry/shape.ts';
import type { Task } from '../../preload/contract/tasks.ts';
import { AppError } from '../../preload/contract/errors.ts';
import { newProject } from '../kit/projects.ts';
import { describeWithShared, sharedPath } from '../kit/shared.ts';

const ROOT = sharedPath('data/format-assets');

/** Every data set of the conformance assets, and for some which of its files. */
const SETS = {
  'image-instance-segmentation': `
    datumaro/coco_dataset/: coco coco_captions coco_image_info coco_instances coco_panoptic coco_person_keypoints coco_stuff
    datumaro/voc_dataset/: voc_dataset1 voc_dataset2 voc_dataset3
    datumaro/cvat_dataset/: for_images for_video
    datumaro/open_images_dataset/: v5 v6
    datumaro/yolo_dataset/: yolo yolov8_detection yolov8_detection_with_list_of_imgs yolov8_detection_with_list_of_names
    datumaro/yolo_dataset/: yolov8_detection_with_subset_txt yolov8_oriented_boxes yolov8_pose yolov8_segmentation
    datumaro/yolo_dataset/: yolov8_pose_two_values_per_point
    datumaro/kitti_dataset/: kitti_detection kitti_raw kitti_segmentation
    datumaro/vott_csv_dataset/: dataset dataset_with_meta_file
    datumaro/vott_json_dataset/: dataset dataset_with_meta_file
    datumaro/ade20k2017_dataset/: dataset dataset_with_meta_file
    datumaro/ade20k2020_dataset/: dataset dataset_with_meta_file
    datumaro/cityscapes_dataset/: dataset train_dataset
    datumaro/mapillary_vistas_dataset/: v1.2 v2.0 dataset_with_meta_file
    datumaro/common_semantic_segmentation_dataset/: dataset non_standard_dataset
    datumaro/: camvid_dataset labelme_dataset tf_detection_api_dataset widerface_dataset
    datumaro-oep/coco_dataset/: coco_roboflow mmdet_coco
    datumaro-oep/kaggle_dataset/: image_csv_det/ann.csv image_csv_det/ann2.csv image_csv_det/ann3.csv image_mask
    datumaro-oep/kaggle_dataset/: image_mask_with_labelmap image_txt_det image_txt_det/ann_single_obj.txt relaxed_coco relaxed_voc1 relaxed_voc2 relaxed_yolo
    datumaro-oep/roboflow_dataset/: coco createml tfrecord voc yolo yolo_obb
    datumaro-oep/yolo_dataset/: annotations labels strict
    datumaro-oep/: labelme_dataset`,
  'image-object-detection': 'datumaro/open_images_dataset/: v6',
  'image-classification-multilabel': `
    datumaro/coco_dataset/: coco_labels
    datumaro/open_images_dataset/: v6
    datumaro-oep/kaggle_dataset/: image_csv_multi_label/ann.csv image_csv_multi_label/ann_wo_ext.csv
    datumaro-oep/roboflow_dataset/: multiclass`,
  'image-classification': `
    datumaro/yolo_dataset/: yolov8_classification
    datumaro/imagenet_txt_dataset/: basic custom_labels no_labels
    datumaro/: imagenet_dataset mnist_csv_dataset mnist_dataset
    datumaro-oep/: imagenet_dataset imagenet_subsets_dataset datumaro_dataset/legacy
    datumaro-oep/kaggle_dataset/: image_csv/ann.csv image_csv/ann_wo_ext.csv image_txt image_txt/ann.txt image_txt/ann_wo_ext.txt
    .: exif`,
} as const satisfies Record<Task, string>;

const pathsOf = (text: string): string[] =>
  text
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [folder = '', names = ''] = line.trim().split(': ');
      return names.split(' ').map((name) => join(folder, name));
    });

describeWithShared('format assets', ['data/format-assets'], () => {
  test('every file is read, or refused by the name of its format', async () => {
    const lines: string[] = [];
    for (const [task, text] of Object.entries(SETS)) {
      const project = newProject(undefined, task as Task);
      for (const path of pathsOf(text)) lines.push(`# ${path} (${task})`, ...(await read(path, project)), '');
    }

    await expect(lines.join('\n')).toMatchFileSnapshot('format-assets.txt');
  });
});

async function read(path: string, project: ReturnType<typeof newProject>): Promise<string[]> {
  try {
    const source = await openSource(join(ROOT, path), {}, project);
    try {
      const lines = [source.format as string];
      for await (const item of await source.items()) lines.push(lineOf(item));
      return lines.map((line) => line.replaceAll(`${join(ROOT, path)}/`, '').replaceAll(ROOT, '…'));
    } finally {
      await source.close();
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [`${error.code}: ${error.message.replaceAll(`${ROOT}/`, '')}`];
  }
}

function lineOf(item: ImportItem): string {
  if (item.kind === 'problem') return `  not read: ${item.reason}`;
  if (item.kind !== 'image') return `  ${item.kind}: ${item.text}`;
  const objects = item.objects?.map(objectText) ?? ['whole image'];
  const bad = item.badObjects?.map(({ where, reason }) => `${where} not read: ${reason}`) ?? [];
  const labels = item.labels.length > 0 ? [`labels ${item.labels.join(', ')}`] : [];
  return `  ${item.url} in ${item.splitName}: ${[...labels, ...objects, ...bad].join(' | ')}`;
}

function objectText({ className, shape, unit, box, flags = {} }: SourceObject): string {
  const xyxy = box ?? (shape.kind === 'plane' ? [] : shape.kind === 'rings' ? ringsXyxy(shape.rings) : shapeXyxy(shape));
  const set = Object.entries(flags).flatMap(([name, isSet]) => (isSet ? [name.slice(3)] : []));
  const numbers = xyxy.map((value) => Math.round(value * 1e4) / 1e4).join();
  return [className, shape.kind, `${numbers}${unit === 'px' ? 'px' : ''}`, ...set].join(' ');
}
