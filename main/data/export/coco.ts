/** Writes COCO JSON, a file for each split: boxes, polygons, run lengths, crowds; classes of whole images as labels. */

import { xywhFromXyxy } from '../../../native-models/geometry/box.ts';
import { countsToText } from '../../../native-models/geometry/mask-text.ts';
import { maskFromPolygon } from '../../../native-models/geometry/rasterise.ts';
import { isClassification } from '../../../preload/contract/tasks.ts';
import type { Annotation } from '../../store/annotations.ts';
import type { ImageRow } from '../../store/images.ts';
import type { TextFile } from './export-folder.ts';
import { ALL_TASKS, type DatasetWriter, type ExportContext, type ExportFormat, splitFolder } from './export-format.ts';

export const cocoExport: ExportFormat = {
  tasks: ALL_TASKS,
  holdsAreas: true,
  open: (context) => new CocoWriter(context),
};

/** A file begun: annotations come in the order of the images, and lie before them. */
interface CocoFile {
  readonly file: TextFile;
  readonly images: string[];
  annotations: number;
}

class CocoWriter implements DatasetWriter {
  private readonly context: ExportContext;
  private readonly ids: ReadonlyMap<string, number>;
  private readonly files = new Map<string, CocoFile>();
  private annotationId = 0;

  constructor(context: ExportContext) {
    this.context = context;
    this.ids = new Map(context.classes.map((name, i) => [name, i + 1]));
  }

  add({ image, name, labels, annotations }: Parameters<DatasetWriter['add']>[0]): readonly string[] {
    const split = splitFolder(image.split);
    const file = this.fileOf(split);
    const { id, width_px: width, height_px: height } = image;
    file.images.push(JSON.stringify({ id, file_name: name, width, height }));
    for (const object of annotations) this.addAnnotation(file, image, this.objectOf(object, image));
    for (const label of labels) this.addAnnotation(file, image, { category_id: this.ids.get(label) });
    return [`images/${split}/${name}`];
  }

  end(): void {
    const categories = this.context.classes.map((name, i) => ({ id: i + 1, name, supercategory: '' }));
    for (const { file, images } of this.files.values()) {
      file.add('],"images":[');
      for (const [i, image] of images.entries()) file.add(`${i === 0 ? '' : ','}${image}`);
      file.add(`],"categories":${JSON.stringify(categories)}}\n`);
    }
  }

  private fileOf(split: string): CocoFile {
    const known = this.files.get(split);
    if (known !== undefined) return known;
    const kind = isClassification(this.context.task) ? 'labels' : 'instances';
    const file = this.context.folder.file(`annotations/${kind}_${split}.json`);
    file.add('{"info":{"description":"exported by Lightbench"},"licenses":[],"annotations":[');
    const begun = { file, images: [], annotations: 0 };
    this.files.set(split, begun);
    return begun;
  }

  private addAnnotation(begun: CocoFile, { id: image_id }: ImageRow, rest: object): void {
    this.annotationId += 1;
    begun.file.add(
      `${begun.annotations === 0 ? '' : ','}${JSON.stringify({ id: this.annotationId, image_id, ...rest })}`,
    );
    begun.annotations += 1;
  }

  private objectOf(object: Annotation, image: ImageRow): object {
    const flags = ['occluded', 'truncated', 'difficult'] as const;
    const set = flags.filter((flag) => object[`is_${flag}`]);
    return {
      category_id: this.ids.get(object.class_name),
      bbox: xywhFromXyxy(object.xyxy),
      area: object.area_px2,
      segmentation: this.segmentationOf(object, image),
      iscrowd: object.is_crowd ? 1 : 0,
      ...(set.length > 0 ? { attributes: Object.fromEntries(set.map((flag) => [flag, true])) } : {}),
    };
  }

  private segmentationOf({ shape }: Annotation, image: ImageRow): unknown {
    if (shape.kind === 'box') return [];
    const hasHoles = shape.kind === 'polygon' && shape.polygon.some(({ holes }) => holes.length > 0);
    if (shape.kind === 'polygon' && !hasHoles) return shape.polygon.map(({ outline }) => outline);
    if (hasHoles) this.context.losses.note('outlines with holes are written as bitmaps');
    const size = { width: image.width_px, height: image.height_px };
    const mask = shape.kind === 'mask' ? shape.mask : maskFromPolygon(shape.polygon, size);
    return { size: [mask.height, mask.width], counts: countsToText(mask.counts) };
  }
}
