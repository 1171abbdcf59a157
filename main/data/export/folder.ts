/** Writes a folder per class, below one per split; an image of several classes lies in each of theirs. */

import { type DatasetWriter, type ExportContext, type ExportFormat, splitFolder } from './export-format.ts';

export const folderExport: ExportFormat = {
  tasks: ['image-classification', 'image-classification-multilabel'],
  open,
};

function open({ losses }: ExportContext): DatasetWriter {
  return {
    add: ({ image, name, labels }) => {
      if (labels.length === 0) losses.note('images without a class have no folder, and are left out');
      return labels.map((label) => `${splitFolder(image.split)}/${folderName(label)}/${name}`);
    },
    end: () => {},
  };

  function folderName(label: string): string {
    const name = label.replace(/[/\\:*?"<>|\p{Cc}]/gu, '_').replace(/^\./, '_');
    if (name !== label)
      losses.note('images have a class whose name no folder can have, and lie in one with "_" instead');
    return name;
  }
}
