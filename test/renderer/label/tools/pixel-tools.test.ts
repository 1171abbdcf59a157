import { describe, expect, test } from 'vitest';
import { rngFrom } from '../../../../native-models/core/rng.ts';
import { type Mask, maskArea, maskFromBitmap } from '../../../../native-models/geometry/mask.ts';
import { PixelAnswers } from '../../../../renderer/label/pixels/answer.ts';
import type { PixelRequest } from '../../../../renderer/label/pixels/request.ts';
import { EditorDriver } from '../../../kit/editor-driver.ts';
import { annotation } from '../../../kit/memory-labels.ts';
import { iouOf, madePicture, readerOf } from '../../../kit/rasters.ts';

const SIZE = { width: 200, height: 100 };
const isObject = (x: number, y: number) => Math.hypot(x - 80, y - 50) < 30;
const PICTURE = madePicture(
  SIZE,
  isObject,
  [
    [210, 120, 60],
    [80, 140, 90],
  ],
  6,
  rngFrom(1, 'tools'),
);

/** A picture whose answers come when they are let. */
class SlowPixels {
  readonly asked: PixelRequest[] = [];
  private readonly answers = new PixelAnswers(readerOf(PICTURE.raster));
  private waiting: (() => void)[] = [];

  ask(request: PixelRequest, signal: AbortSignal): Promise<Mask | null> {
    this.asked.push(request);
    return new Promise((resolve, reject) => {
      this.waiting.push(() => resolve(this.answers.answer(request)));
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  }

  /** Answers all questions, those that come of it too. */
  async let(): Promise<void> {
    while (this.waiting.length > 0) {
      this.waiting.shift()!();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

function driverOn(tool: Parameters<EditorDriver['tool']>[0], annotations: Parameters<typeof annotation>[1][] = []) {
  const driver = new EditorDriver(
    annotations.map((shape, i) => annotation(i + 1, shape)),
    SIZE,
  );
  const pixels = new SlowPixels();
  driver.session.pixels = pixels;
  driver.tool(tool);
  return { driver, pixels };
}

const maskOf = (driver: EditorDriver, at = 0): Mask => {
  const shape = driver.annotations[at]!.shape;
  if (shape.kind !== 'mask') throw new Error(`a ${shape.kind}`);
  return shape.mask;
};

describe('the wand', () => {
  test('takes what it points at, shown before it is committed as one step', async () => {
    const { driver, pixels } = driverOn('wand');
    driver.press([80, 50]);
    await pixels.let();
    expect(driver.state.draft).toMatchObject({ kind: 'shape', shape: { kind: 'mask' } });
    expect(driver.labels.sent).toEqual([]);
    await driver.release([80, 50]).settled();

    expect(iouOf(maskOf(driver), PICTURE.truth)).toBe(1);
    expect(driver.labels.sent).toEqual(['wand']);
  });

  test('a drag asks for another tolerance, which the next wand begins with; of questions that wait the newest is asked', async () => {
    const { driver, pixels } = driverOn('wand');
    driver.press([80, 50]).move([90, 50]).move([100, 50]).move([120, 50]).release([120, 50]);
    await pixels.let();
    await driver.settled();

    expect(pixels.asked.map((request) => request.kind === 'wand' && request.tolerance)).toEqual([24, 34]);
    expect(driver.session.tolerance).toBe(34);
    expect(driver.labels.sent).toEqual(['wand']);
  });

  test('with Alt takes pixels away from the bitmap that is chosen', async () => {
    const all = maskFromBitmap(new Uint8Array(SIZE.width * SIZE.height).fill(1), SIZE);
    const { driver, pixels } = driverOn('wand', [{ kind: 'mask', mask: all }]);
    driver.session.select([1]);
    driver.click([80, 50], { alt: true });
    await pixels.let();
    await driver.settled();

    expect(maskArea(maskOf(driver))).toBe(SIZE.width * SIZE.height - maskArea(PICTURE.truth));
    expect(driver.labels.sent).toEqual(['erase']);
  });

  test('cancelled while it waits, leaves no trace, however late the answer', async () => {
    const { driver, pixels } = driverOn('wand');
    driver.press([80, 50]).cancel();
    await pixels.let();
    await driver.settled();

    expect([driver.state.draft, driver.labels.sent, driver.state.problem]).toEqual([null, [], null]);
    expect(driver.session.hand.state).toBe('idle');
  });

  test('says so while there is no picture', () => {
    const driver = new EditorDriver([], SIZE).tool('wand').click([80, 50]);

    expect(driver.state.problem).toBe('The picture is not loaded yet.');
  });
});

test('superpixels are painted with the size of the brush, and added to the bitmap that is chosen', async () => {
  const { driver, pixels } = driverOn('superpixels');
  for (const [from, to] of [
    [
      [60, 50],
      [100, 50],
    ],
    [
      [70, 40],
      [90, 40],
    ],
  ] as const) {
    driver.drag(from, to);
    await pixels.let();
    await driver.settled();
  }

  expect(pixels.asked[0]).toMatchObject({ kind: 'superpixels', side: 20 });
  expect(driver.annotations).toHaveLength(1);
  expect(iouOf(maskOf(driver), PICTURE.truth)).toBeGreaterThan(0.6);
  expect(driver.labels.sent[0]).toBe('paint superpixels');
});

describe('finding an object', () => {
  test('in a box: a proposal that Enter keeps as one step, and undo takes back', async () => {
    const { driver, pixels } = driverOn('refine');
    driver.drag([45, 15], [115, 85]);
    expect(driver.session.hand.state).toBe('asking');
    await pixels.let();
    expect(driver.session.hand.state).toBe('proposed');
    expect(driver.labels.sent).toEqual([]);
    await driver.key('Enter').settled();

    expect(iouOf(maskOf(driver), PICTURE.truth)).toBeGreaterThan(0.97);
    driver.session.undo();
    await driver.settled();
    expect(driver.annotations).toEqual([]);
  });

  test('in a box whose corners are clicked; Enter keeps nothing before there is an answer', async () => {
    const { driver, pixels } = driverOn('refine');
    driver.click([45, 15]).move([100, 80]).click([115, 85]);
    driver.key('Enter');
    expect([driver.session.hand.state, pixels.asked]).toMatchObject(['asking', [{ box: [45, 15, 115, 85] }]]);
    await pixels.let();
    await driver.key('Enter').settled();
    expect(driver.labels.sent).toEqual(['find object']);

    driver.session.select([]);
    driver.click([45, 15]).click([45, 15]);
    expect([driver.session.hand.state, pixels.asked.length]).toEqual(['idle', 1]);
  });

  test('in the box that is chosen, which becomes the bitmap', async () => {
    const { driver, pixels } = driverOn('refine', [{ kind: 'box', xyxy: [45, 15, 115, 85] }]);
    driver.session.select([1]);
    driver.key('Enter');
    await pixels.let();
    await driver.key('Enter').settled();

    expect(driver.annotations).toHaveLength(1);
    expect(iouOf(maskOf(driver), PICTURE.truth)).toBeGreaterThan(0.97);
  });

  test('round a stroke, with strokes that take away', async () => {
    const { driver, pixels } = driverOn('refine');
    driver.drag([70, 50], [90, 50], { shift: true });
    await pixels.let();
    driver.drag([150, 20], [150, 80], { alt: true });
    await pixels.let();

    expect(pixels.asked.at(-1)).toMatchObject({
      kind: 'refine',
      box: null,
      inside: [{ radius: 10 }],
      outside: [{ radius: 10 }],
    });
    await driver.key('Enter').settled();
    expect(iouOf(maskOf(driver), PICTURE.truth)).toBeGreaterThan(0.9);
  });

  test('is left by Escape while it thinks and while it proposes, without a trace', async () => {
    const { driver, pixels } = driverOn('refine');
    driver.drag([45, 15], [115, 85]).cancel();
    expect(driver.session.hand.state).toBe('idle');
    driver.drag([45, 15], [115, 85]);
    await pixels.let();
    driver.cancel();
    await driver.settled();

    expect([driver.state.draft, driver.labels.sent, driver.state.problem]).toEqual([null, [], null]);
  });
});

describe('filling', () => {
  const ring = (x: number, y: number) => {
    const far = Math.hypot(x - 50, y - 50);
    return far < 30 && far > 15;
  };
  const withHole = madePicture(
    SIZE,
    ring,
    [
      [0, 0, 0],
      [0, 0, 0],
    ],
    0,
    rngFrom(1, 'ring'),
  ).truth;

  test('closes the hole of a bitmap that is clicked, and nothing that is open', async () => {
    const disc = madePicture(
      SIZE,
      (x, y) => Math.hypot(x - 50, y - 50) < 30,
      [
        [0, 0, 0],
        [0, 0, 0],
      ],
      0,
      rngFrom(1, ''),
    );
    const driver = await new EditorDriver([annotation(1, { kind: 'mask', mask: withHole })], SIZE)
      .tool('fill')
      .click([22, 22])
      .click([50, 50])
      .settled();

    expect(driver.labels.sent).toEqual(['fill']);
    expect(iouOf(maskOf(driver), disc.truth)).toBe(1);
  });

  test('takes the hole of a polygon out', async () => {
    const outline = [10, 10, 90, 10, 90, 90, 10, 90];
    const holes = [
      [20, 20, 40, 20, 40, 40],
      [60, 60, 80, 60, 80, 80],
    ];
    const driver = await new EditorDriver([annotation(1, { kind: 'polygon', polygon: [{ outline, holes }] })], SIZE)
      .tool('fill')
      .click([75, 65])
      .settled();

    expect(driver.annotations[0]!.shape).toEqual({ kind: 'polygon', polygon: [{ outline, holes: [holes[0]] }] });
  });
});
