import { expect, test } from 'vitest';
import { ViewControl } from '../../../../renderer/label/canvas/view-control.ts';
import { toImage } from '../../../../renderer/label/doc/viewport.ts';

const VIEW = { width: 848, height: 648 };

function control() {
  const view = new ViewControl({ width: 1600, height: 1200 }, { width: 0, height: 0 });
  view.setView(VIEW);
  return view;
}

test('the whole image is seen in a view of any size, until somebody zooms', () => {
  const view = control();
  expect(view.viewport.scale).toBe(0.5);
  view.setView({ width: 448, height: 348 });
  expect(view.viewport.scale).toBe(0.25);

  view.zoom(2, [0, 0]);
  const chosen = view.viewport;
  view.setView(VIEW);
  expect(view.viewport).toBe(chosen);
  view.fit(null);
  expect(view.viewport.scale).toBe(0.5);
});

test('keys zoom at the pointer, else at the middle, and full size is one to one', () => {
  const view = control();
  const at = [100, 50] as const;
  const under = toImage(view.viewport, at);
  view.pointAt(at);
  view.zoom(3);
  expect(toImage(view.viewport, at)).toEqual(under.map((value) => expect.closeTo(value, 6)));

  view.pointAt(null);
  const middle = toImage(view.viewport, [VIEW.width / 2, VIEW.height / 2]);
  view.fullSize();
  expect(view.viewport.scale).toBe(1);
  expect(toImage(view.viewport, [VIEW.width / 2, VIEW.height / 2])).toEqual(
    middle.map((value) => expect.closeTo(value, 6)),
  );
});

test('whoever listens is told of every move, and nobody when nothing changes', () => {
  const view = control();
  let told = 0;
  const stop = view.subscribe(() => told++);
  view.pan(5, 5);
  view.fit([10, 10, 60, 60]);
  view.setView({ ...VIEW });
  stop();
  view.zoom(2);

  expect(told).toBe(2);
});
