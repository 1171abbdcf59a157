import { expect, test } from 'vitest';
import {
  formatBytes,
  formatDuration,
  formatMetric,
  formatParam,
  formatPlural,
  formatRate,
  formatTask,
} from '../../../renderer/ui/format.ts';

test.each([
  [0.97123, '0.9712'],
  [1, '1.0000'],
  [-0.25, '-0.2500'],
  [12.345678, '12.35'],
  [123456.7, '123,457'],
  [0.0000321, '3.21e-5'],
  [0, '0'],
  [null, '–'],
  [undefined, '–'],
  [Number.NaN, '–'],
])('metric %s reads %s', (value, text) => {
  expect(formatMetric(value)).toBe(text);
});

test.each([
  [0.01, '0.01'],
  [0.0034567, '0.00346'],
  [0.0000081, '8.1e-6'],
  [0, '0'],
  [null, '–'],
])('rate %s reads %s', (value, text) => {
  expect(formatRate(value)).toBe(text);
});

test.each([
  [null, '–'],
  [0, '0 s'],
  [4.26, '4.3 s'],
  [42.4, '42 s'],
  [185, '3 min 05 s'],
  [3599.7, '1 h 00 min'],
  [7620, '2 h 07 min'],
])('%s seconds read %s', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test.each([
  [0.123456, '0.123456'],
  [78, '78'],
  ['sgd', 'sgd'],
  [null, '–'],
  [[1, 2], '[1,2]'],
  [true, 'true'],
])('hyperparameter %s reads %s', (value, text) => {
  expect(formatParam(value)).toBe(text);
});

test('one and many are worded apart', () => {
  expect([formatPlural(1, 'image'), formatPlural(1200, 'image'), formatPlural(0, 'class', 'classes')]).toEqual([
    '1 image',
    '1,200 images',
    '0 classes',
  ]);
});

test('tasks are named as people say them', () => {
  expect([formatTask('image-classification'), formatTask('image-object-detection')]).toEqual([
    'Classification',
    'Object detection',
  ]);
});

test.each([
  [0, '0 kB'],
  [1, '1 kB'],
  [412_300, '413 kB'],
  [12_345_678, '12.3 MB'],
  [1_500_000_000, '1.5 GB'],
])('%s bytes read %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
