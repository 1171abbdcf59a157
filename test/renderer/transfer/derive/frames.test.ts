import { expect, test } from 'vitest';
import type { SourceSurvey } from '../../../../preload/contract/transfers.ts';
import {
  framedAs,
  framesProblem,
  frameWords,
  nothingTyped,
  type TypedFrames,
  withFrames,
} from '../../../../renderer/transfer/derive/frames.ts';

const source = (path: string, format: 'auto' | 'coco' | 'video' = 'auto') => ({
  ...{ path, format, images_folder: null, frames: null },
});
const survey = (format: 'sequence' | 'coco') => ({ format }) as SourceSurvey;

test('a source has frames by its format, by what was found, or by the name of a video', () => {
  expect([
    framedAs(source('/data/Clip.MP4 '), null),
    framedAs(source('/data/clip.mp4', 'coco'), null),
    framedAs(source('/data/clip', 'video'), null),
    framedAs(source('/data/walk'), null),
    framedAs(source('/data/walk'), survey('sequence')),
    framedAs(source('/data/walk'), survey('coco')),
  ]).toEqual(['video', null, 'video', null, 'sequence', null]);
});

test('what is typed is taken within the limits of the command line, else its limits are told', () => {
  const typed = (unit: TypedFrames['unit'], text: string): TypedFrames => ({ of: 'video', unit, text });
  const told = (unit: TypedFrames['unit'], text: string) =>
    framesProblem(typed(unit, text)) ?? withFrames(source('a.mp4'), typed(unit, text)).frames;

  expect(['5', ' 1000000 ', '', '0', '2.5', 'x', '1000001'].map((text) => told('every', text))).toEqual([
    ...[{ every: 5 }, { every: 1_000_000 }, { every: 1 }],
    ...Array(4).fill('A whole number from 1 to 1,000,000'),
  ]);
  expect(['0.5', '1000', '', '0', '-1', '0,5', '1001', 'Infinity'].map((text) => told('per_second', text))).toEqual([
    ...[{ per_second: 0.5 }, { per_second: 1000 }, { per_second: 1 }],
    ...Array(5).fill('A number above 0 and at most 1,000'),
  ]);
});

test('who says which frames of a folder means that its pictures are a sequence; where nobody does, all is as it was', () => {
  const walk = source('/data/walk');

  expect(withFrames(walk, { ...nothingTyped('sequence'), text: '3' })).toEqual({
    ...walk,
    ...{ format: 'sequence', frames: { every: 3 } },
  });
  expect(withFrames(walk, null)).toBe(walk);
});

test('a choice is told in words', () => {
  expect([{ every: 1 }, { every: 1200 }, { per_second: 1 }, { per_second: 0.5 }].map(frameWords)).toEqual([
    ...['every frame', 'one frame of every 1,200'],
    ...['a frame a second', '0.5 frames a second'],
  ]);
});
