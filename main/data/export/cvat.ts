/**
 * Writes the XML of CVAT: for images, and for video where objects are followed through the frames of a sequence, each of
 * which has a folder of its own.
 * Source: https://docs.cvat.ai/docs/manual/advanced/xml_format/.
 */

import { cvatShape, elementOf } from './cvat-shape.ts';
import { CvatVideoWriter, isVideo, XML_HEAD } from './cvat-video.ts';
import type { TextFile } from './export-folder.ts';
import {
  type DatasetWriter,
  type ExportContext,
  type ExportedImage,
  type ExportFormat,
  OBJECT_TASKS,
  splitFolder,
} from './export-format.ts';
import { ImageNames } from './image-names.ts';
import { noteTracks } from './losses.ts';
import { escapeXml } from './xml-text.ts';

export const cvatExport: ExportFormat = { tasks: OBJECT_TASKS, holdsTracks: true, open };

function open(context: ExportContext): DatasetWriter {
  const videos = new Map<number, CvatVideoWriter>();
  const folders = new ImageNames(['images', 'annotations.xml']);
  let images: TextFile | null = null;
  const imagesFile = () => {
    images ??= begin(context);
    return images;
  };
  return {
    add: (exported) => {
      const frame = context.frameOf(exported.image);
      if (frame === null || !isVideo(frame.sequence)) {
        noteTracks(context.losses, exported.annotations);
        return addImage(exported, imagesFile(), context);
      }
      const { sequence } = frame;
      const video = videos.get(sequence.id) ?? new CvatVideoWriter(sequence, folders.folder(sequence.name), context);
      videos.set(sequence.id, video);
      return [video.add(exported, frame.number)];
    },
    end: () => {
      for (const video of videos.values()) video.end();
      if (videos.size === 0) imagesFile();
      images?.add('</annotations>\n');
    },
  };
}

function begin({ folder }: ExportContext): TextFile {
  const file = folder.file('annotations.xml');
  file.add(XML_HEAD);
  return file;
}

function addImage({ image, name, annotations }: ExportedImage, file: TextFile, context: ExportContext): string[] {
  const split = splitFolder(image.split);
  const subset = image.split === null ? '' : ` subset="${split}"`;
  const { id, width_px, height_px } = image;
  file.add(`  <image id="${id}" name="${escapeXml(name)}"${subset} width="${width_px}" height="${height_px}">\n`);
  for (const object of annotations) {
    const common = `label="${escapeXml(object.class_name)}" occluded="${object.is_occluded ? 1 : 0}" source="manual"`;
    file.add(elementOf(cvatShape(object, image, context), common));
  }
  file.add('  </image>\n');
  return [`images/${split}/${name}`];
}
