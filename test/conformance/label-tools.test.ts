/** What every labelling tool owes a person, driven by pointer scripts without a canvas. */

import { describe, expect, test } from 'vitest';
import { maskFromBitmap } from '../../native-models/geometry/mask.ts';
import type { ToolName } from '../../renderer/label/tools/tool.ts';
import { TOOL_WORDS } from '../../renderer/label/tools/toolbox.ts';
import { EditorDriver } from '../kit/editor-driver.ts';
import { annotation } from '../kit/memory-labels.ts';

const SIZE = { width: 200, height: 100 };
/** With a hole. */
const RING = annotation(1, {
  kind: 'polygon',
  polygon: [{ outline: [20, 20, 100, 20, 100, 80, 20, 80], holes: [[40, 40, 40, 60, 60, 60, 60, 40]] }],
});
const FOUND = maskFromBitmap(
  Uint8Array.from({ length: SIZE.width * SIZE.height }, (_, i) =>
    Number(i % SIZE.width >= 120 && i % SIZE.width < 160),
  ),
  SIZE,
);

const BITMAP = annotation(1, { kind: 'mask', mask: FOUND });

interface Script {
  /** Stops in the middle of a gesture, with something of it on show. */
  readonly begin: (driver: EditorDriver) => unknown;
  /** Goes on from there to the end. */
  readonly end: (driver: EditorDriver) => unknown;
  /** What the history calls it; null for a tool that changes nothing. */
  readonly deed: string | null;
}

/** One for each tool: the type checker asks for that of a new one. */
const SCRIPTS: { readonly [T in ToolName]: Script } = {
  select: {
    begin: (driver) => driver.press([30, 30]).move([40, 35]),
    end: (driver) => driver.release([50, 35]),
    deed: 'move',
  },
  box: {
    begin: (driver) => driver.press([120, 10]).move([150, 40]),
    end: (driver) => driver.release([160, 40]),
    deed: 'draw box',
  },
  extreme: {
    begin: (driver) => driver.click([140, 10]).click([120, 20]).click([140, 50]),
    end: (driver) => driver.click([170, 20]),
    deed: 'draw box',
  },
  polygon: {
    begin: (driver) => driver.click([120, 10]).click([160, 10]).click([160, 50]),
    end: (driver) => driver.key('Enter'),
    deed: 'draw polygon',
  },
  cut: {
    begin: (driver) => driver.click([70, 30]).click([90, 30]).click([90, 50]),
    end: (driver) => driver.key('Enter'),
    deed: 'cut hole',
  },
  brush: {
    begin: (driver) => driver.press([130, 30]).move([150, 30]),
    end: (driver) => driver.release([150, 30]),
    deed: 'paint',
  },
  eraser: {
    begin: (driver) => driver.press([130, 20]).move([140, 20]),
    end: (driver) => driver.release([140, 20]),
    deed: 'erase',
  },
  fill: { begin: () => {}, end: (driver) => driver.click([50, 50]), deed: 'fill' },
  wand: {
    begin: (driver) => driver.press([130, 30]),
    end: (driver) => driver.release([130, 30]),
    deed: 'wand',
  },
  superpixels: {
    begin: (driver) => driver.press([130, 30]).move([140, 30]),
    end: (driver) => driver.release([140, 30]),
    deed: 'paint superpixels',
  },
  refine: {
    begin: (driver) => driver.drag([110, 10], [170, 90]),
    end: (driver) => driver.key('Enter'),
    deed: 'find object',
  },
  click: {
    begin: (driver) => driver.click([130, 30]),
    end: (driver) => driver.key('Enter'),
    deed: 'click object',
  },
  measure: {
    begin: (driver) => driver.press([10, 10]).move([40, 10]),
    end: (driver) => driver.release([40, 10]),
    deed: null,
  },
};

/** They draw what has a class; the others change what is chosen, or nothing. */
const DRAWING: ReadonlySet<ToolName> = new Set([
  ...(['box', 'extreme', 'polygon', 'brush', 'wand', 'superpixels', 'refine', 'click'] as const),
]);

function driverOf(tool: ToolName, className: string | null = 'cell'): EditorDriver {
  const driver = new EditorDriver([tool === 'eraser' ? BITMAP : RING], SIZE, null, className);
  driver.session.pixels = { ask: async () => FOUND };
  driver.session.clicks = { ask: async () => FOUND, look: async () => FOUND };
  driver.session.select(DRAWING.has(tool) ? [] : [1]);
  return driver.tool(tool);
}

/** Engine, pixels and model have answered whatever they were asked. */
async function settled(driver: EditorDriver): Promise<EditorDriver> {
  await new Promise((resolve) => setImmediate(resolve));
  return driver.settled();
}

async function draw(tool: ToolName, driver: EditorDriver): Promise<EditorDriver> {
  await SCRIPTS[tool].begin(driver);
  await settled(driver);
  await SCRIPTS[tool].end(driver);
  return settled(driver);
}

describe.each(Object.keys(TOOL_WORDS) as ToolName[])('the tool %s', (tool) => {
  const { begin, deed } = SCRIPTS[tool];
  const deeds = deed === null ? [] : [deed];

  test('makes one edit of a gesture, which undo takes back and redo brings again', async () => {
    const driver = driverOf(tool);
    const before = driver.annotations;
    await draw(tool, driver);
    const after = driver.annotations;
    expect([driver.labels.sent, driver.state.problem]).toEqual([deeds, null]);
    expect(JSON.stringify(after) === JSON.stringify(before)).toBe(deed === null);

    driver.session.undo();
    expect((await settled(driver)).annotations).toEqual(before);
    driver.session.redo();
    expect((await settled(driver)).annotations).toEqual(after);
  });

  test.each(['cancelled', 'left for another tool'])(
    '%s in the middle it leaves no trace, and works again',
    async (how) => {
      const driver = driverOf(tool);
      const before = driver.annotations;
      await begin(driver);
      await settled(driver);
      if (how === 'cancelled') driver.cancel();
      else driver.tool('box').tool(tool);
      await settled(driver);
      expect([driver.annotations, driver.labels.sent, driver.state.draft]).toEqual([before, [], null]);
      expect(driver.session.hand.state).toBe('idle');

      expect((await draw(tool, driver)).labels.sent).toEqual(deeds);
    },
  );

  if (deed !== null) {
    test('what the engine refuses is told, and everything is as it was', async () => {
      const driver = driverOf(tool);
      const before = driver.annotations;
      driver.labels.refusal = new Error('the disk is full');
      await draw(tool, driver);

      expect([driver.annotations, driver.state.draft, driver.state.problem]).toEqual([
        before,
        null,
        'the disk is full',
      ]);
    });
  }

  if (DRAWING.has(tool)) {
    test('without a class it draws nothing, and says so', async () => {
      const { labels, state } = await draw(tool, driverOf(tool, null));

      expect([labels.sent, state.problem, state.draft]).toEqual([[], 'Choose or add a class first.', null]);
    });
  }
});

test('the eraser says that it takes away from bitmaps alone', async () => {
  const driver = new EditorDriver([RING], SIZE);
  driver.session.select([1]);
  await draw('eraser', driver.tool('eraser'));

  expect(driver.labels.sent).toEqual([]);
  expect(driver.state.problem).toMatch(/^Choose a bitmap first/);
});
