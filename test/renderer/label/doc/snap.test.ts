import { describe, expect, test } from 'vitest';
import { LabelDocument } from '../../../../renderer/label/doc/label-document.ts';
import { snapTo, wayAlong } from '../../../../renderer/label/doc/snap.ts';
import { annotation, MemoryLabels } from '../../../kit/memory-labels.ts';

const SQUARE = annotation(1, { kind: 'box', xyxy: [20, 20, 60, 60] });
const OTHER = annotation(2, {
  kind: 'polygon',
  polygon: [{ outline: [100, 10, 140, 10, 150, 50, 90, 50], holes: [] }],
});
const document = new LabelDocument(new MemoryLabels({ width: 200, height: 100 }, [SQUARE, OTHER]).document);
const snap = (x: number, y: number, except: number | null = null) => snapTo(document, [x, y], 5, except);

describe('a point near a neighbour', () => {
  test('goes to the nearest corner, else to the nearest point of an edge, else nowhere', () => {
    expect(snap(23, 18)?.at).toEqual([20, 20]);
    expect(snap(40, 17)?.at).toEqual([40, 20]);
    expect(snap(40, 40)).toBeNull();
    expect(snap(63, 43)?.at).toEqual([60, 43]);
    expect(snap(120, 12)?.at).toEqual([120, 10]);
  });

  test('ignores the object it belongs to', () => {
    expect(snap(40, 17, 1)).toBeNull();
  });
});

describe('the way along a neighbour', () => {
  test('takes the corners between two points on the shorter side, whichever way its ring runs', () => {
    expect(wayAlong(snap(30, 20)!, snap(60, 50)!)).toEqual([[60, 20]]);
    expect(wayAlong(snap(60, 50)!, snap(30, 20)!)).toEqual([[60, 20]]);
    expect(wayAlong(snap(20, 50)!, snap(30, 20)!)).toEqual([[20, 20]]);
    expect(wayAlong(snap(30, 20)!, snap(50, 20)!)).toEqual([]);
  });

  test('is none between two objects', () => {
    expect(wayAlong(snap(30, 20)!, snap(120, 10)!)).toEqual([]);
  });
});
