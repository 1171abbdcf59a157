import { expect, test } from 'vitest';
import { beside, endTurned, keyed, keyImages, withTrack } from '../../../../renderer/label/doc/tracks.ts';
import { annotation } from '../../../kit/memory-labels.ts';

const VIEW = {
  ...{ id: 1, name: 'walk', images: [11, 7, 9, 20, 21], numbers: [0, 2, 4, 6, 8], between: [] },
  tracks: [
    { id: 1, class_name: 'car', key_images: [11, 20], end_images: [] },
    { id: 2, class_name: 'bus', key_images: [9], end_images: [9] },
  ],
};
const BOX = { kind: 'box', xyxy: [1, 2, 30, 40] } as const;

test('frames follow each other in the order of the sequence, whatever their ids', () => {
  expect([beside(VIEW, 7, 1), beside(VIEW, 7, -1), beside(VIEW, 11, -1), beside(VIEW, 21, 1)]).toEqual([
    9,
    11,
    null,
    null,
  ]);
});

test('key frames are those of the tracks that are chosen, else of all', () => {
  expect([keyImages(VIEW, new Set()), keyImages(VIEW, new Set([1]))]).toEqual([
    [11, 9, 20],
    [11, 20],
  ]);
  expect([beside(VIEW, 7, 1, keyImages(VIEW, new Set([1]))), beside(VIEW, 20, -1, [9, 11])]).toEqual([20, 9]);
});

test('a box that follows from key frames becomes one, with the flags it follows with', () => {
  const flags = { is_crowd: false, is_difficult: false, is_occluded: true, is_truncated: false };
  const change = keyed({ track_id: 2, class_name: 'bus', flags, xyxy: [1, 2, 30, 40], is_after: false });

  expect(change).toMatchObject({ type: 'add', annotation: { ...flags, shape: BOX, track: { id: 2, role: 'key' } } });
});

test('an end is turned into a key frame and back, and what a person says of a box is theirs', () => {
  const box = { ...annotation(1, BOX), track: { id: 2, role: 'key' } as const };
  const ended = { ...box, track: { id: 2, role: 'end' } as const };

  expect([endTurned(box), endTurned(ended)]).toMatchObject([{ after: ended }, { after: box }]);
  const filled = { ...annotation(1, BOX), source: 'interpolated' as const };
  expect(withTrack(filled, { id: 2, role: 'key' })).toMatchObject({ before: filled, after: box });
  expect(withTrack(filled, { id: 2, role: 'key' })).not.toHaveProperty('after.source');
});
