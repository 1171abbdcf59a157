/** What a data set says of itself, before any of its pictures is opened: its classes, its parts, what cannot be read. */

import { resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { AppError } from '../../preload/contract/errors.ts';
import type { ImportFormat, SourceSurvey } from '../../preload/contract/transfers.ts';
import type { ReadProject } from '../store/project.ts';
import type { ImageItem, ImportItem } from './import-items.ts';
import { openSource, type SourceOptions } from './import-source.ts';
import { splitOfName } from './split-names.ts';

export interface SurveyOptions extends SourceOptions {
  readonly format?: 'auto' | ImportFormat;
  readonly onProgress?: (records: number) => void;
}

const LISTED_PROBLEMS = 200;
/** More names than that are no classes that anybody maps by hand. */
const MOST_CLASSES = 20_000;
/** Records between two turns of everything else in this process. */
const RECORDS_A_TURN = 500;

/** Errors: cancelled; as `importDataset` for the source as a whole. */
export async function surveyDataset(
  { info }: Pick<ReadProject, 'info'>,
  path: string,
  options: SurveyOptions = {},
): Promise<SourceSurvey> {
  const source = await openSource(resolve(path), options, { info });
  try {
    const tally = new Tally();
    let records = 0;
    for await (const item of await source.items()) {
      if (++records % RECORDS_A_TURN === 0) await setImmediate();
      if (options.signal?.aborted) throw new AppError('cancelled', `${path}: not looked at any more`);
      tally.take(item);
      options.onProgress?.(records);
    }
    const formats = await source.recognised();
    return { format: source.format, formats, ...source.named(tally.survey()) };
  } finally {
    await source.close();
  }
}

class Tally {
  private readonly classes = new Map<string, { images: number; objects: number }>();
  private readonly splits = new Map<string | null, number>();
  private readonly problems: SourceSurvey['problems'] = [];
  private images = 0;
  private objects = 0;
  private problemCount = 0;

  take(item: ImportItem): void {
    if (item.kind === 'image') this.takeImage(item);
    if (item.kind !== 'problem') return;
    this.problemCount += 1;
    const { where, reason, code } = item;
    if (this.problems.length < LISTED_PROBLEMS) this.problems.push({ where, reason, code });
  }

  survey(): Omit<SourceSurvey, 'format' | 'formats'> {
    const byName = (a: string | null, b: string | null) => ((a ?? '') < (b ?? '') ? -1 : 1);
    return {
      images: this.images,
      objects: this.objects,
      problem_count: this.problemCount,
      problems: this.problems,
      classes: [...this.classes].map(([name, counts]) => ({ name, ...counts })).sort((a, b) => byName(a.name, b.name)),
      splits: [...this.splits]
        .sort(([a], [b]) => byName(a, b))
        .map(([name, images]) => ({ name, images, becomes: name === null ? null : splitOfName(name) })),
    };
  }

  private takeImage({ labels, objects, splitName }: ImageItem): void {
    this.images += 1;
    this.splits.set(splitName, (this.splits.get(splitName) ?? 0) + 1);
    const names = new Set(labels);
    for (const { className } of objects ?? []) {
      this.objects += 1;
      names.add(className);
      const entry = this.entry(className);
      if (entry !== null) entry.objects += 1;
    }
    for (const name of names) {
      const entry = this.entry(name);
      if (entry !== null) entry.images += 1;
    }
  }

  private entry(name: string): { images: number; objects: number } | null {
    const known = this.classes.get(name);
    if (known !== undefined) return known;
    if (this.classes.size >= MOST_CLASSES) return null;
    const entry = { images: 0, objects: 0 };
    this.classes.set(name, entry);
    return entry;
  }
}
