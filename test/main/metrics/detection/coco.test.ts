import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readCocoJudged } from '../../../../main/data/coco-judged.ts';
import { COCO_NAMES, type CocoNumbers, evaluateCoco } from '../../../../main/metrics/detection/coco.ts';
import { overlapOf } from '../../../../main/metrics/detection/overlap.ts';
import { judgedOf } from '../../../kit/detection-cases.ts';
import { describeWithShared, sharedPath } from '../../../kit/shared.ts';

interface Case {
  readonly name: string;
  readonly task: 'image-object-detection' | 'image-instance-segmentation';
  readonly truth: unknown;
  readonly predictions: unknown;
  readonly numbers: CocoNumbers;
  readonly classes: Readonly<Record<string, CocoNumbers>>;
  /** Where boundaries have to overlap as well. */
  readonly rims?: CocoNumbers;
}

/** Made by a slow reference in numpy: test/fixtures/coco-evaluation/make-fixtures.py. */
const cases: readonly Case[] = JSON.parse(
  readFileSync(new URL('../../../fixtures/coco-evaluation/cases.json', import.meta.url), 'utf8'),
);
const TOLERANCE_DIGITS = 12;

function expectNumbers(got: CocoNumbers, expected: CocoNumbers): void {
  for (const name of COCO_NAMES) expect(got[name], name).toBeCloseTo(expected[name], TOLERANCE_DIGITS);
}

describe('the twelve numbers are those of the slow reference', () => {
  test.each(cases)('$name', async ({ task, truth, predictions, numbers, classes, rims }) => {
    const withMasks = task === 'image-instance-segmentation';
    const judged = await judgedOf(truth, predictions, withMasks);

    const evaluation = evaluateCoco(judged.set, overlapOf(judged.set, withMasks ? 'masks' : 'boxes'));

    expectNumbers(evaluation.numbers, numbers);
    judged.classes.forEach((name, k) => {
      expectNumbers(evaluation.classes[k]!, classes[name]!);
    });
    if (rims === undefined) return;
    expectNumbers(evaluateCoco(judged.set, overlapOf(judged.set, 'boundaries')).numbers, rims);
  });

  test('the cases differ in what they try', () => {
    const undefinedNumbers = cases.filter(({ numbers }) => COCO_NAMES.some((name) => numbers[name] === -1));
    const crowded = cases.filter(({ numbers }) => numbers.AR1 < numbers.AR100);

    expect(undefinedNumbers.length).toBeGreaterThan(2);
    expect(crowded.length).toBeGreaterThan(5);
    expect(cases.some(({ rims, numbers }) => rims !== undefined && rims.AP < numbers.AP)).toBe(true);
  });
});

describeWithShared(
  'the twelve numbers are those of pycocotools',
  ['fixtures/tiny-segm', 'fixtures/expected.json'],
  () => {
    interface Expected {
      readonly stats: Readonly<Record<string, number>>;
      readonly per_class: Readonly<Record<string, { readonly AP: number; readonly AP50: number }>>;
    }
    /** In the order of COCO_NAMES. */
    const STATS = [
      ...['AP', 'AP50', 'AP75', 'APsmall', 'APmedium', 'APlarge'],
      ...['AR1', 'AR10', 'AR100', 'ARsmall', 'ARmedium', 'ARlarge'],
    ];

    test.each([
      ['tiny-segm bbox', 'dataset', false],
      ['tiny-segm segm', 'dataset', true],
      ['tiny-segm crowd bbox', 'crowd', false],
    ] as const)('%s', async (name, part, withMasks) => {
      const expected = JSON.parse(readFileSync(sharedPath('fixtures/expected.json'), 'utf8'))[name] as Expected;
      const file = (kind: 'gt' | 'dt') => sharedPath('fixtures/tiny-segm', `${kind}_${part}.json`);
      const { set, classes } = await readCocoJudged(file('gt'), file('dt'), { withMasks });

      const { numbers, classes: perClass } = evaluateCoco(set, overlapOf(set, withMasks ? 'masks' : 'boxes'));

      COCO_NAMES.forEach((key, i) => {
        expect(numbers[key], key).toBeCloseTo(expected.stats[STATS[i]!]!, TOLERANCE_DIGITS);
      });
      classes.forEach((label, k) => {
        expect(perClass[k]!.AP, label).toBeCloseTo(expected.per_class[label]!.AP, TOLERANCE_DIGITS);
        expect(perClass[k]!.AP50, label).toBeCloseTo(expected.per_class[label]!.AP50, TOLERANCE_DIGITS);
      });
    });
  },
);
