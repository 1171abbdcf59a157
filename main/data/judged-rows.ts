/** Truth and predictions of the same images, brought together from two files. */

import { AppError } from '../../preload/contract/errors.ts';
import { type BadRow, LISTED, refuseBadRows } from './bad-rows.ts';
import type { Labelling } from './class-names.ts';
import { readScoreRows, type ScoreRow } from './score-rows.ts';
import { readTruthRows, type TruthRow } from './truth-rows.ts';

export interface JudgedRows {
  /** In the order of the first row of predictions. */
  readonly classes: readonly string[];
  /** Class indices per row, in the order of the truth file. */
  readonly truth: readonly (readonly number[])[];
  /** Shapes: [N,C], row-major. */
  readonly scores: Float64Array;
  readonly warnings: readonly string[];
}

/** How far a row's sum may lie from 1 where an image has one class; the metrics allow as much. */
const ROW_SUM_TOLERANCE = 1e-3;

/**
 * Reads both files and pairs their rows: by address, or by the last part of addresses where these differ, or in order
 * where predictions have no addresses.
 * Errors: bad-predictions, naming every bad row by file and line (up to 20 of them in the message); file-missing,
 * file-unreadable; bad-argument for an unusable CSV header.
 */
export async function readJudged(truthFile: string, scoreFile: string, labelling: Labelling): Promise<JudgedRows> {
  const problems: BadRow[] = [];
  const truth = await gather(readTruthRows(truthFile, labelling), problems);
  const predicted = await gather(readScoreRows(scoreFile), problems);
  const classes = predicted[0]?.classes ?? [];
  for (const row of predicted) problems.push(...mismatches(row, classes, labelling));
  if (predicted.length > 0) for (const row of truth) problems.push(...unknownLabels(row, classes));
  refuseBadRows(problems);
  if (truth.length === 0) throw new AppError('bad-predictions', `${truthFile}: expected rows, the file has none`);
  if (predicted.length === 0) throw new AppError('bad-predictions', `${scoreFile}: expected rows, the file has none`);
  const { pairs, warnings } = pair(truth, predicted, { truthFile, scoreFile, problems });
  const scores = new Float64Array(pairs.length * classes.length);
  pairs.forEach(([, row], i) => {
    fill(scores.subarray(i * classes.length, (i + 1) * classes.length), row, classes);
  });
  const labels = pairs.map(([row]) => row.labels.map((label) => classes.indexOf(label)));
  return { classes, truth: labels, scores, warnings };
}

async function gather<Row extends object>(rows: AsyncIterable<Row | BadRow>, problems: BadRow[]): Promise<Row[]> {
  const good: Row[] = [];
  for await (const row of rows) {
    if ('problem' in row) problems.push(row as BadRow);
    else good.push(row as Row);
  }
  return good;
}

interface Pairing {
  readonly pairs: readonly (readonly [TruthRow, ScoreRow])[];
  readonly warnings: readonly string[];
}

function pair(
  truth: readonly TruthRow[],
  predicted: readonly ScoreRow[],
  { truthFile, scoreFile, problems }: { truthFile: string; scoreFile: string; problems: BadRow[] },
): Pairing {
  const isNamed = (rows: readonly (TruthRow | ScoreRow)[]) => rows.some(({ address }) => address !== null);
  if (!isNamed(predicted) || !isNamed(truth)) return pairInOrder(truth, predicted, truthFile, scoreFile);
  const exact = byAddress(predicted, (address) => address, problems);
  refuseBadRows(problems);
  byAddress(truth, (address) => address, problems);
  refuseBadRows(problems);
  const isAnyExact = truth.some(({ address }) => exact.has(address!));
  const keyOf = isAnyExact ? (address: string) => address : lastPart;
  const found = isAnyExact ? exact : byAddress(predicted, lastPart, problems);
  if (!isAnyExact) byAddress(truth, lastPart, problems);
  const pairs = truth.flatMap((row) => {
    const scored = found.get(keyOf(row.address!));
    if (scored !== undefined) return [[row, scored] as const];
    problems.push({ where: row.where, problem: `"${row.address}" has no prediction in ${scoreFile}` });
    return [];
  });
  refuseBadRows(problems);
  const unused = predicted.length - pairs.length;
  const warnings = [
    ...(isAnyExact ? [] : ['images were paired by file name, since no address is in both files']),
    ...(unused > 0 ? [`${unused} predictions are of images that ${truthFile} does not name, and are left out`] : []),
  ];
  return { pairs, warnings };
}

function pairInOrder(
  truth: readonly TruthRow[],
  predicted: readonly ScoreRow[],
  truthFile: string,
  scoreFile: string,
): Pairing {
  if (truth.length !== predicted.length) {
    const message = `rows without addresses are paired in order, but ${truthFile} has ${truth.length} and ${scoreFile} ${predicted.length}`;
    throw new AppError('bad-predictions', message);
  }
  const pairs = truth.map((row, i) => [row, predicted[i]!] as const);
  return { pairs, warnings: ['rows were paired in order, since one of the files names no images'] };
}

/** Rows by key; rows without one and second rows of a key become problems. */
function byAddress<Row extends TruthRow | ScoreRow>(
  rows: readonly Row[],
  keyOf: (address: string) => string,
  problems: BadRow[],
): Map<string, Row> {
  const found = new Map<string, Row>();
  for (const row of rows) {
    if (row.address === null) {
      problems.push({ where: row.where, problem: 'expected the address of an image as other rows have, got none' });
      continue;
    }
    const key = keyOf(row.address);
    const before = found.get(key);
    if (before !== undefined) problems.push({ where: row.where, problem: `"${key}" is already at ${before.where}` });
    else found.set(key, row);
  }
  return found;
}

const lastPart = (address: string): string =>
  address.slice(Math.max(address.lastIndexOf('/'), address.lastIndexOf('\\')) + 1);

/** How a row of predictions differs from what the first one says rows are like. */
function mismatches(row: ScoreRow, classes: readonly string[], labelling: Labelling): BadRow[] {
  const { where } = row;
  if (row.classes !== classes) {
    const missing = classes.find((name) => !row.classes.includes(name));
    const extra = row.classes.find((name) => !classes.includes(name));
    const problem = missing === undefined ? `"${extra}" is not among them` : `"${missing}" is missing`;
    if (missing !== undefined || extra !== undefined) {
      return [{ where, problem: `expected the classes of the first row, ${problem}` }];
    }
  }
  const sum = row.scores.reduce((total, score) => total + score, 0);
  if (labelling === 'any' || Math.abs(sum - 1) <= ROW_SUM_TOLERANCE) return [];
  return [{ where, problem: `the probabilities sum to ${Number(sum.toPrecision(6))}, expected 1` }];
}

function unknownLabels({ where, labels }: TruthRow, classes: readonly string[]): BadRow[] {
  const unknown = labels.filter((label) => !classes.includes(label));
  const known = classes.slice(0, LISTED).join(', ');
  return unknown.map((label) => ({
    where,
    problem: `label "${label}": expected a class of the predictions, which are ${known}`,
  }));
}

/** Puts a row's scores in the order of the classes. */
function fill(target: Float64Array, row: ScoreRow, classes: readonly string[]): void {
  if (row.classes === classes) target.set(row.scores);
  else for (const [i, name] of row.classes.entries()) target[classes.indexOf(name)] = row.scores[i]!;
}
