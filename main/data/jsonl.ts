/**
 * Reads the JSON Lines of all four tasks: one object per image with `image_url`, `label` (a text, a list of texts where an
 * image may have several classes, or a list of objects) and, if it likes, `image_details`.
 * Source: product specification, sections 3.1 to 3.6.
 */

import { type Labelling, labelsOfValue } from './class-names.ts';
import { locateImage } from './image-url.ts';
import type { ImageItem, ImportItem } from './import-items.ts';
import { type JsonRecord, readJsonRecords } from './json-records.ts';
import { objectsOfValue } from './jsonl-objects.ts';
import { described, RecordProblem } from './record-problem.ts';

export interface JsonlSource {
  readonly file: string;
  /** What relative addresses are relative to. */
  readonly root: string;
  /** Of every record; none by default. */
  readonly splitName?: string | null;
  /** Of whole images, or null where labels are objects. */
  readonly labelling: Labelling | null;
}

const KNOWN_FIELDS = new Set(['image_url', 'image_details', 'label']);

/**
 * One item per object; bad ones become problems and never stop the reading.
 * Errors: file-missing, file-unreadable.
 */
export async function* readJsonl(source: JsonlSource): AsyncGenerator<ImportItem, void, undefined> {
  const ignored = new Map<string, number>();
  let hasMark = false;
  const onByteOrderMark = () => {
    hasMark = true;
  };
  for await (const record of readJsonRecords(source.file, { onByteOrderMark })) {
    const where = `${source.file}:${record.line}`;
    if ('problem' in record) yield { kind: 'problem', where, code: 'bad-json', reason: record.problem };
    else yield readRecord(record, where, source, ignored);
  }
  if (hasMark) yield { kind: 'repair', text: `${source.file}: left out the byte order mark at its start` };
  for (const [field, lines] of ignored) {
    yield { kind: 'warning', text: `${source.file}: the field "${field}" was not used (${lines} lines)` };
  }
}

function readRecord(record: JsonRecord, where: string, source: JsonlSource, ignored: Map<string, number>): ImportItem {
  try {
    for (const field of Object.keys(record.value)) {
      if (!KNOWN_FIELDS.has(field)) ignored.set(field, (ignored.get(field) ?? 0) + 1);
    }
    return toItem(record, where, source);
  } catch (error) {
    if (!(error instanceof RecordProblem)) throw error;
    return { kind: 'problem', where, code: error.code, reason: error.message };
  }
}

function toItem({ value, repairs }: JsonRecord, where: string, source: JsonlSource): ImageItem {
  const url = readUrl(value['image_url']);
  const read = readLabel(value['label'], source.labelling);
  const claimed = readDetails(value['image_details']);
  const { candidates, problem } = locateImage(url, source.root);
  if (problem !== null) throw new RecordProblem('image-missing', `image_url "${url}": ${problem}`);
  const place = { kind: 'image', where, url, candidates, splitName: source.splitName ?? null, claimed } as const;
  return { ...place, ...read, repairs: [...repairs, ...read.repairs] };
}

function readLabel(
  value: unknown,
  labelling: Labelling | null,
): Pick<ImageItem, 'labels' | 'objects' | 'repairs' | 'badObjects'> {
  if (labelling === null) return { labels: [], ...objectsOfValue(value) };
  return { objects: null, ...labelsOfValue(value, labelling) };
}

function readUrl(value: unknown): string {
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw new RecordProblem('bad-json', `image_url: expected the address of an image as text, got ${described(value)}`);
}

function readDetails(value: unknown): ImageItem['claimed'] {
  if (value === undefined || value === null) return { width: null, height: null };
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw new RecordProblem('bad-json', `image_details: expected an object, got ${described(value)}`);
  }
  const { width, height } = value as Record<string, unknown>;
  return { width: readLength('width', width), height: readLength('height', height) };
}

/** `"400px"`, `"400"` or `400`. */
function readLength(field: string, value: unknown): number | null {
  if (value === undefined || value === null) return null;
  const match = typeof value === 'string' ? /^\s*(\d+)\s*(?:px)?\s*$/i.exec(value)?.[1] : value;
  const pixels = Number(match);
  if (Number.isInteger(pixels) && pixels > 0) return pixels;
  throw new RecordProblem(
    'bad-json',
    `image_details.${field}: expected pixels such as "400px" or 400, got ${described(value)}`,
  );
}
