import { describe, expect, test } from 'vitest';
import { editData } from '../../../main/data/edit-data.ts';
import { fillTracks, sequenceView } from '../../../main/label/fill-tracks.ts';
import { applyChecked, undo } from '../../../main/label/labelling.ts';
import { betweenBoxes } from '../../../main/label/tracks.ts';
import { annotationsOf } from '../../../main/store/annotations.ts';
import { redoEdit, undoEdit, undoEditOf } from '../../../main/store/edits.ts';
import { addImage, labelledImageCount } from '../../../main/store/images.ts';
import { addFrame, addTrack, ensureSequence, TRACK_BOXES, type TrackBox } from '../../../main/store/sequences.ts';
import { boxBetween, type Xyxy } from '../../../native-models/geometry/box.ts';
import { NO_FLAGS } from '../../../preload/contract/annotation-flags.ts';
import type { Change, TrackRole } from '../../../preload/contract/labelling.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { newProject } from '../../kit/projects.ts';

const ME = { made_by: 'ann', made_at_ms: 5 };

describe('boxes between key frames', () => {
  const key = (number: number, xyxy: Xyxy, role: TrackRole = 'key', trackId = 1): TrackBox => ({
    ...{ trackId, imageId: number + 1, number, role, className: 'car', flags: NO_FLAGS, xyxy },
  });
  const frames = [0, 1, 2, 4, 5, 8].map((number) => ({ imageId: number + 1, sequenceId: 1, number }));

  test('have centre and size on straight lines', () => {
    // Centre from (20, 20) to (60, 40), size from 20 x 10 to 40 x 30: a quarter of the way (30, 25) and 25 x 15.
    expect(boxBetween([10, 15, 30, 25], [40, 25, 80, 55], 0.25)).toEqual([17.5, 17.5, 42.5, 32.5]);
  });

  test('follow the numbers of frames, also where some were left out', () => {
    const boxes = [key(0, [0, 0, 10, 10]), key(8, [80, 40, 106, 58])];

    expect(betweenBoxes(boxes, frames).map(({ number, xyxy }) => [number, xyxy])).toEqual([
      [1, [10, 5, 22, 16]],
      [2, [20, 10, 34, 22]],
      [4, [40, 20, 58, 34]],
      [5, [50, 25, 70, 40]],
    ]);
  });

  test('are of each track alone, and there are none after its end until it begins again', () => {
    const boxes = [
      ...[key(0, [0, 0, 4, 4]), key(2, [2, 0, 6, 4], 'end'), key(5, [9, 9, 13, 13]), key(8, [12, 9, 16, 13])],
      key(4, [50, 50, 60, 60], 'key', 2),
    ];

    expect(betweenBoxes(boxes, frames).map(({ number, trackId }) => [trackId, number])).toEqual([[1, 1]]);
  });

  test('are worked out from key frames, not from boxes that were filled in', () => {
    const boxes = [key(0, [0, 0, 4, 4]), key(4, [99, 99, 104, 104], 'between'), key(8, [8, 0, 12, 4])];

    expect(betweenBoxes(boxes, frames).find(({ number }) => number === 4)!.xyxy).toEqual([4, 0, 8, 4]);
  });
});

function madeSequence(count: number) {
  const project = newProject(undefined, 'image-object-detection');
  const { db } = project;
  const sequenceId = ensureSequence(db, { name: 'walk', source: 'walk every 1', framesPerS: null });
  for (let number = 0; number < count; number++) {
    const imageId = addImage(db, {
      ...{ path: `images/${number}.png`, storage: 'copied', source_url: `${number}.png`, size_bytes: 1 },
      sha256: String(number).padStart(64, '0'),
      ...{ width_px: 200, height_px: 100, format: 'png', split: null, created_at_ms: 1 },
    });
    addFrame(db, { imageId, sequenceId, number });
  }
  const trackId = addTrack(db, sequenceId);
  const change = (image_id: number, changes: readonly Change[]) =>
    applyChecked(db, project.info.task, { image_id, name: 'draw', changes: [...changes] }, ME);
  const setKey = (imageId: number, xyxy: Xyxy, role: TrackRole = 'key') =>
    change(imageId, [
      {
        type: 'add',
        annotation: { ...NO_FLAGS, class_name: 'car', shape: { kind: 'box', xyxy }, track: { id: trackId, role } },
      },
    ]);
  const boxes = () =>
    Array.from({ length: count }, (_, i) =>
      annotationsOf(db, i + 1).map(({ xyxy, track, source }) => [xyxy[0], track?.role, source ?? 'hand']),
    );
  const fill = () => editData(project, { kind: 'fill-tracks', sequence_id: sequenceId, track_ids: null });
  return { project, db, sequenceId, trackId, change, setKey, boxes, fill };
}

describe('filling in', () => {
  test('makes objects of every box between key frames, as one edit that is taken back and brought again', () => {
    const { db, setKey, boxes, fill } = madeSequence(5);
    setKey(1, [0, 0, 10, 10]);
    setKey(5, [40, 0, 50, 10]);
    const before = boxes();
    const full = [0, 10, 20, 30, 40].map((x, i) =>
      i % 4 === 0 ? [[x, 'key', 'hand']] : [[x, 'between', 'interpolated']],
    );

    fill();
    expect(boxes()).toEqual(full);
    expect(labelledImageCount(db)).toBe(5);

    expect(undoEdit(db)).toMatchObject({ title: 'fill in tracks between key frames', left: [] });
    expect(boxes()).toEqual(before);
    expect(labelledImageCount(db)).toBe(2);

    redoEdit(db);
    expect(boxes()).toEqual(full);
  });

  test('again follows key frames that were changed since; a filled box that somebody draws is a key frame', () => {
    const { db, change, setKey, boxes, fill } = madeSequence(5);
    setKey(1, [0, 0, 10, 10]);
    setKey(5, [40, 0, 50, 10]);
    fill();
    const { area_px2: _, xyxy: __, ...object } = annotationsOf(db, 3)[0]!;
    const shape = { kind: 'box', xyxy: [60, 0, 70, 10] } as const;

    change(3, [{ type: 'replace', before: object, after: { ...object, shape } }]);
    fill();

    expect(boxes().map(([first]) => first!.slice(0, 2))).toEqual([
      ...[
        [0, 'key'],
        [30, 'between'],
        [60, 'key'],
      ],
      ...[
        [50, 'between'],
        [40, 'key'],
      ],
    ]);
    undo(db, 'image-object-detection', 3);
    expect(boxes()[2]).toEqual([[20, 'between', 'interpolated']]);
  });

  test('taken back leaves what somebody has drawn since', () => {
    const { db, change, setKey, boxes, fill } = madeSequence(4);
    setKey(1, [0, 0, 10, 10]);
    setKey(4, [30, 0, 40, 10]);
    fill();
    const { area_px2: _, xyxy: __, ...object } = annotationsOf(db, 2)[0]!;
    change(2, [{ type: 'replace', before: object, after: { ...object, shape: { kind: 'box', xyxy: [1, 1, 5, 5] } } }]);

    const turned = undoEdit(db);

    expect(turned!.left).toMatchObject([{ what: 'object', count: 1 }]);
    expect(boxes().map((here) => here.length)).toEqual([1, 1, 0, 1]);
  });

  test('is taken back by its own number: never another edit in its place, and not beneath a later one', async () => {
    const { project, db, setKey, boxes, fill } = madeSequence(5);
    setKey(1, [0, 0, 10, 10]);
    setKey(5, [40, 0, 50, 10]);
    const id = fill().id!;
    editData(project, { kind: 'split', ids: [1, 2], split: 'test' });
    const full = boxes();

    const refused = await appErrorOf(() => undoEditOf(db, id));

    expect([refused.code, boxes()]).toEqual(['edit-conflict', full]);
    expect(refused.message).toMatch(/"fill in .*" cannot be taken back yet: "put 2 images in test" was done since/);
    expect(undoEdit(db)!.title).toBe('put 2 images in test');
    expect(undoEditOf(db, id)).toMatchObject({ title: 'fill in tracks between key frames', left: [] });
    expect(boxes().map((here) => here.length)).toEqual([1, 0, 0, 0, 1]);
    expect(undoEditOf(db, id)).toBeNull();
    expect(boxes().map((here) => here.length)).toEqual([1, 0, 0, 0, 1]);
  });

  test('gives boxes the flags of the key frame before', () => {
    const { db, trackId, change, setKey, fill } = madeSequence(4);
    const shape = { kind: 'box', xyxy: [0, 0, 10, 10] } as const;
    const hidden = { ...NO_FLAGS, is_occluded: true, class_name: 'car', shape };
    change(1, [{ type: 'add', annotation: { ...hidden, track: { id: trackId, role: 'key' } } }]);
    setKey(3, [20, 0, 30, 10]);
    setKey(4, [30, 0, 40, 10]);

    expect(sequenceView(db, 2)!.between[0]!.flags).toEqual({ ...NO_FLAGS, is_occluded: true });
    fill();

    expect([1, 2, 3, 4].map((image) => annotationsOf(db, image)[0]!.is_occluded)).toEqual([true, true, false, false]);
  });

  test('that changes nothing has no number', () => {
    const { setKey, fill } = madeSequence(3);
    setKey(1, [0, 0, 10, 10]);

    expect(fill().id).toBeNull();
  });

  test('is of the tracks that are named', () => {
    const { db, sequenceId, trackId, setKey, boxes } = madeSequence(3);
    setKey(1, [0, 0, 10, 10]);
    setKey(3, [20, 0, 30, 10]);

    fillTracks(db, sequenceId, [trackId + 1]);
    expect(boxes()[1]).toEqual([]);
    fillTracks(db, sequenceId, [trackId]);
    expect(boxes()[1]).toHaveLength(1);
  });
});

test('boxes of tracks are found without a look at any other object', () => {
  const { db } = madeSequence(2);

  const plan = db.prepare(`EXPLAIN QUERY PLAN ${TRACK_BOXES}`).all(1) as { detail: string }[];

  expect(plan.filter(({ detail }) => detail.startsWith('SCAN'))).toEqual([]);
});

describe('a track', () => {
  test('has one box a frame, boxes alone, and frames of its own sequence', async () => {
    const { db, change, setKey, trackId } = madeSequence(2);
    setKey(1, [0, 0, 10, 10]);
    const stray = ensureSequence(db, { name: 'other', source: 'other', framesPerS: null });
    const foreign = addTrack(db, stray);
    const add = (track: number, shape: object) => ({
      type: 'add' as const,
      annotation: { ...NO_FLAGS, class_name: 'car', shape, track: { id: track, role: 'key' } } as never,
    });
    const box = { kind: 'box', xyxy: [1, 1, 9, 9] };
    const polygon = { kind: 'polygon', polygon: [{ outline: [0, 0, 9, 0, 9, 9], holes: [] }] };

    const messages = await Promise.all(
      [add(trackId, box), add(foreign, box), add(trackId, polygon)].map(
        async (edit) => (await appErrorOf(() => change(1, [edit]))).message,
      ),
    );

    expect(messages).toEqual([
      expect.stringContaining('has a box on this frame already'),
      expect.stringContaining('is not of the sequence'),
      expect.stringContaining('boxes alone'),
    ]);
  });

  test('is left by a box that becomes a polygon', () => {
    const { db, change, setKey } = madeSequence(2);
    setKey(1, [0, 0, 10, 10]);
    const { area_px2: _, xyxy: __, ...object } = annotationsOf(db, 1)[0]!;
    const shape = { kind: 'polygon', polygon: [{ outline: [0, 0, 9, 0, 9, 9], holes: [] }] } as const;

    change(1, [{ type: 'replace', before: object, after: { ...object, shape } }]);

    expect(annotationsOf(db, 1)[0]!.track).toBeUndefined();
  });

  test('is told with its key frames and with what lies between them here', () => {
    const { db, trackId, setKey, fill } = madeSequence(3);
    setKey(1, [0, 0, 10, 10]);
    setKey(3, [20, 0, 30, 10], 'end');

    expect(sequenceView(db, 2)).toEqual({
      ...{ id: 1, name: 'walk', images: [1, 2, 3], numbers: [0, 1, 2] },
      tracks: [{ id: trackId, class_name: 'car', key_images: [1, 3], end_images: [3] }],
      between: [{ track_id: trackId, class_name: 'car', flags: NO_FLAGS, xyxy: [10, 0, 20, 10], is_after: false }],
    });
    fill();
    expect(sequenceView(db, 2)!.between).toEqual([]);
  });

  test('stays on show where it was last, until its end', () => {
    const { db, trackId, setKey } = madeSequence(4);
    setKey(1, [0, 0, 10, 10]);
    const last = { track_id: trackId, class_name: 'car', flags: NO_FLAGS, xyxy: [0, 0, 10, 10], is_after: true };
    expect([1, 2, 4].map((image) => sequenceView(db, image)!.between)).toEqual([[], [last], [last]]);

    setKey(2, [5, 0, 15, 10], 'end');

    expect([3, 4].map((image) => sequenceView(db, image)!.between)).toEqual([[], []]);
  });
});
