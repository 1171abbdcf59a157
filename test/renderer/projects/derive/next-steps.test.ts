import { expect, test } from 'vitest';
import { nextSteps } from '../../../../renderer/projects/derive/next-steps.ts';
import { madeHead } from '../../../kit/made-runs.ts';
import { SIGN_PROJECT } from '../../../kit/memory-engine.ts';

const wheres = (...args: Parameters<typeof nextSteps>) =>
  nextSteps(...args).map(({ where, urgency }) => [where, urgency]);

test('an empty project needs images before anything else', () => {
  const [step, ...others] = nextSteps({ ...SIGN_PROJECT, image_count: 0, classes: [] }, []);

  expect(step).toMatchObject({ urgency: 'now', where: 'import' });
  expect(others).toEqual([]);
});

test('labels come before training, and what is scarce is named', () => {
  const few = {
    ...SIGN_PROJECT,
    unlabelled: 30,
    classes: [
      { name: 'a', count: 4, color: '#e6194b' },
      { name: 'b', count: 0, color: '#3cb44b' },
    ],
  };

  expect(wheres(few, [])).toEqual([
    ['label', 'now'],
    ['label', 'soon'],
    ['data', 'soon'],
  ]);
  expect(nextSteps(few, [])[2]!.text).toContain('a (4)');
});

test('what runs have come to decides the rest', () => {
  expect(wheres(SIGN_PROJECT, [])).toEqual([['new-run', 'soon']]);
  expect(wheres(SIGN_PROJECT, [madeHead(1, 2, { state: 'running' })])).toEqual([['runs', 'later']]);
  expect(wheres(SIGN_PROJECT, [madeHead(1, 0, { state: 'failed' })])).toEqual([['runs', 'soon']]);
  expect(wheres(SIGN_PROJECT, [madeHead(1, 3)])).toEqual([['best-run', 'later']]);
});
