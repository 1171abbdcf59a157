/** Formats, parts and counts as people read them. */

import type { ExportFormatName, ImportFormat, ImportReport } from '../../../preload/contract/transfers.ts';
import { formatCount, formatPlural } from '../../ui/format.ts';

export const FORMAT_WORDS: { readonly [F in ImportFormat | ExportFormatName]: string } = {
  jsonl: 'JSON Lines',
  coco: 'COCO',
  panoptic: 'COCO panoptic',
  voc: 'Pascal VOC',
  yolo: 'YOLO',
  labelme: 'labelme',
  via: 'VGG Image Annotator',
  cvat: 'CVAT XML',
  openimages: 'Open Images',
  kitti: 'KITTI',
  vott: 'VoTT',
  list: 'A list of images with classes',
  csv: 'CSV',
  folder: 'A folder for each class',
  sequence: 'A sequence of pictures',
  video: 'Frames of a video',
};

/** The sentence at the head of a report. */
export function reportTitle({ dry_run, cancelled, added, already_present }: ImportReport): string {
  const verb = dry_run ? 'would be added' : added === 1 ? 'was added' : 'were added';
  const present = already_present === 0 ? '' : `, ${formatCount(already_present)} already there`;
  const stopped = cancelled ? ' before it was stopped' : '';
  return `${formatPlural(added, 'image')} ${verb}${present}${stopped}.`;
}

export interface ReportList {
  readonly id: 'skipped' | 'objects' | 'repaired' | 'warnings';
  readonly title: string;
  /** Every entry, named or not. */
  readonly count: number;
  readonly lines: readonly { readonly where: string | null; readonly text: string }[];
}

/** What was not taken as it is, the gravest first; empty lists are left out. */
export function reportLists({ skipped, objects, repaired, warnings, unlisted }: ImportReport): ReportList[] {
  const record = ({ where, reason }: ImportReport['skipped'][number]) => {
    const begin = `${where}: `; // a reason about a file begins with its name
    return { where, text: reason.startsWith(begin) ? reason.slice(begin.length) : reason };
  };
  const line = (text: string) => ({ where: null, text });
  const lists: ReportList[] = [
    {
      ...{ id: 'skipped', title: 'Images left out', count: skipped.length + unlisted.skipped },
      lines: skipped.map(record),
    },
    {
      ...{ id: 'objects', title: 'Objects left out', count: objects.skipped.length + unlisted.objects_skipped },
      lines: objects.skipped.map(record),
    },
    {
      ...{ id: 'repaired', title: 'Put right', count: repaired.length + unlisted.repaired },
      lines: repaired.map(line),
    },
    {
      ...{ id: 'warnings', title: 'Worth knowing', count: warnings.length + unlisted.warnings },
      lines: warnings.map(line),
    },
  ];
  return lists.filter(({ count }) => count > 0);
}
