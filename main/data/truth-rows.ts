/**
 * What is true of images, for judging predictions: the files that are imported as well (JSON Lines with `label`, CSV with
 * names or with a column per class), and JSON rows that name the image in another field than `image_url`. No image is
 * looked for.
 */

import { extname } from 'node:path';
import type { BadRow } from './bad-rows.ts';
import { type Labelling, labelsOfValue } from './class-names.ts';
import { readCsv } from './csv.ts';
import { labelsOfRecord } from './csv-labels.ts';
import { type CsvLayout, csvLayout } from './csv-layout.ts';
import { RecordProblem } from './record-problem.ts';
import { addressOf, readJsonRecords } from './score-rows.ts';

export interface TruthRow {
  readonly where: string;
  /** Of the image; null where rows have none. */
  readonly address: string | null;
  readonly labels: readonly string[];
}

/** Every row; bad ones become problems. Errors: file-missing, file-unreadable; bad-argument for an unusable header. */
export async function* readTruthRows(
  path: string,
  labelling: Labelling,
): AsyncGenerator<TruthRow | BadRow, void, undefined> {
  if (extname(path).toLowerCase() === '.csv') yield* readCsvRows(path, labelling);
  else {
    yield* readJsonRecords(path, (record, where) => ({
      where,
      address: addressOf(record),
      labels: labelsOfValue(record['label'], labelling).labels,
    }));
  }
}

async function* readCsvRows(path: string, labelling: Labelling): AsyncGenerator<TruthRow | BadRow, void, undefined> {
  const layout = await csvLayout(path);
  let isHeader = true;
  for await (const record of readCsv(path)) {
    const where = `${path}:${record.number}`;
    if ('problem' in record) yield { where, problem: record.problem };
    else if (isHeader) isHeader = false;
    else yield csvRow(record.fields, layout, labelling, where);
  }
}

function csvRow(fields: readonly string[], layout: CsvLayout, labelling: Labelling, where: string): TruthRow | BadRow {
  if (fields.length !== layout.columns) {
    return { where, problem: `expected ${layout.columns} columns as in the header, got ${fields.length}` };
  }
  try {
    const { labels } = labelsOfRecord(fields, layout, labelling);
    return { where, address: fields[layout.fileColumn]!.trim(), labels };
  } catch (error) {
    if (!(error instanceof RecordProblem)) throw error;
    return { where, problem: error.message };
  }
}
