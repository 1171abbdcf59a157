/** What was said of a detector as tables for a terminal. */

import { COCO_NAMES, type CocoNumbers, UNDEFINED } from '../metrics/detection/coco.ts';
import { MISTAKES } from '../metrics/detection/mistakes.ts';
import type { ObjectReport } from '../metrics/detection/object-report.ts';
import { VOC_NAMES } from '../metrics/detection/voc.ts';
import { decimal, table } from './format.ts';

/** A wider table is no longer one; `--json` has it whole. */
const WIDEST_CONFUSION = 20;

/** What of a report is shown, wherever its detections came from. */
export type ShownObjects = Pick<ObjectReport, 'coco' | 'boundary' | 'confusion' | 'mistakes'> & {
  readonly voc: Pick<ObjectReport['voc'], (typeof VOC_NAMES)[number] | 'classes'>;
  /** Of objects with masks: what their boxes are worth, by the same names. */
  readonly boxes?: { readonly metrics: Readonly<Record<string, number | null>> };
  readonly intervals: {
    readonly level: number;
    readonly metrics: Readonly<Record<string, readonly [number, number] | null>>;
  } | null;
};

export function objectText(report: ShownObjects, classes: readonly string[]): string {
  return [
    numbersTable(report),
    classTable(report, classes),
    confusionTable(report.confusion, classes),
    mistakesTable(report),
  ].join('\n\n');
}

const number = (value: number): string => (value === UNDEFINED ? '–' : decimal(value));

function numbersTable({ coco, boundary, boxes, voc, intervals }: ShownObjects): string {
  const ranges = intervals?.metrics ?? {};
  const range = (name: string) => {
    const interval = ranges[name] ?? null;
    return interval === null ? '–' : `${decimal(interval[0])} to ${decimal(interval[1])}`;
  };
  const row = (name: string, value: string) => [
    name,
    value,
    ...(intervals === null ? [] : [range(name)]),
    ...(boundary === undefined ? [] : [number(boundary.numbers[name as keyof CocoNumbers] ?? UNDEFINED)]),
    ...(boxes === undefined ? [] : [decimal(boxes.metrics[name] ?? null)]),
  ];
  const header = [
    'metric',
    'value',
    ...(intervals === null ? [] : [`${100 * intervals.level} % interval`]),
    ...(boundary === undefined ? [] : ['boundary']),
    ...(boxes === undefined ? [] : ['boxes']),
  ];
  return table(header, [
    ...COCO_NAMES.map((name) => row(name, number(coco.numbers[name]))),
    ...VOC_NAMES.map((name) => row(name, decimal(voc[name]))),
  ]);
}

function classTable({ coco, voc }: ShownObjects, classes: readonly string[]): string {
  const rows = classes.map((name, k) => {
    const [own, other] = [coco.classes[k]!, voc.classes[k]!];
    return [
      name,
      number(own.AP),
      number(own.AP50),
      number(own.AR100),
      decimal(other.average_precision),
      decimal(other.precision),
      decimal(other.recall),
      String(other.truths),
      String(other.detections),
    ];
  });
  return table(['class', 'AP', 'AP50', 'AR100', 'VOC AP', 'precision', 'recall', 'objects', 'found'], rows);
}

function confusionTable(confusion: ShownObjects['confusion'], classes: readonly string[]): string {
  if (classes.length > WIDEST_CONFUSION) {
    return `the confusion matrix of ${classes.length} classes is too wide for a terminal; --json has it`;
  }
  const cells = confusion.map((row, i) => [classes[i] ?? 'background', ...row.map(String)]);
  return table(['true \\ found', ...classes, 'missed'], cells);
}

function mistakesTable({ mistakes }: ShownObjects): string {
  const rows = MISTAKES.map((name) => [name, String(mistakes.counts[name]), decimal(mistakes.cost[name])]);
  return table(['mistake', 'count', 'AP50 it costs'], rows);
}
