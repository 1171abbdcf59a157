/** Labelling in a real browser, over a real engine and a real project, for the length of one test. */

import type { BrowserContextOptions, Page } from 'playwright-core';
import { openEngine, type Workbench } from '../../main/engine.ts';
import { addAnnotations, annotationsOf } from '../../main/store/annotations.ts';
import type { WriteDb } from '../../main/store/db.ts';
import { labelsOf } from '../../main/store/labels.ts';
import { openProject } from '../../main/store/project.ts';
import { NO_FLAGS } from '../../preload/contract/annotation-flags.ts';
import type { Task } from '../../preload/contract/tasks.ts';
import { FakeClock } from './clock.ts';
import { tempFolder } from './folders.ts';
import { dragOnCanvas, onCanvas } from './on-canvas.ts';
import { picturedProject } from './pictured-project.ts';
import { photo } from './pictures.ts';
import { servedWindows } from './served-window.ts';

const SIZE = { width: 400, height: 300 };

export interface LabelDesk {
  readonly engine: Workbench;
  /** A window at an address. */
  readonly open: (hash: string, options?: BrowserContextOptions) => Promise<Page>;
  /** What the project on the disk says of an image; corners are rounded. */
  readonly stored: (image: number) => { objects: (readonly [name: string, xyxy: number[]])[]; labels: string[] };
}

/** So many images, 1.png, 2.png …; where the task is detection, the second has a bolt at 300, 200 to 380, 280. */
export async function labelDesk(task: Task, images: number, add: (db: WriteDb) => void = () => {}): Promise<LabelDesk> {
  const pictures = Array.from({ length: images }, (_, at) => photo(SIZE.width, SIZE.height, at + 1));
  const folder = await picturedProject(task, pictures, (db) => {
    const shape = { kind: 'box', xyxy: [300, 200, 380, 280] } as const;
    if (task === 'image-object-detection') addAnnotations(db, 2, [{ ...NO_FLAGS, class_name: 'bolt', shape }]);
    add(db);
  });
  const clock = new FakeClock();
  const bugs: unknown[] = [];
  const engine = openEngine(folder, { clock, logBug: (bug) => bugs.push(bug), home: tempFolder(), threads: 1 });
  const windows = await servedWindows(engine, { closed: () => engine.close(), bugs });
  return {
    engine,
    open: async (hash, options) => {
      const page = await windows.open(options);
      await page.goto(`${windows.server.url}/${hash}`);
      return page;
    },
    stored: (image) => {
      const project = openProject(folder, { clock, owner: 'lightbench test', access: 'read' });
      const objects = annotationsOf(project.db, image).map(
        ({ class_name, xyxy }) => [class_name, xyxy.map(Math.round)] as const,
      );
      const labels = [...labelsOf(project.db, image)];
      project.close();
      return { objects, labels };
    },
  };
}

/** The screen point of an image point: the whole image is shown, in the middle. */
export async function screenOf(page: Page, [x, y]: readonly [number, number]): Promise<[number, number]> {
  return (await onCanvas(page, SIZE)).screenOf(x, y);
}

export async function dragOnImage(
  page: Page,
  from: readonly [number, number],
  to: readonly [number, number],
): Promise<void> {
  await dragOnCanvas(page, SIZE, from, to);
}

export async function clickOnImage(page: Page, at: readonly [number, number]): Promise<void> {
  await page.mouse.click(...(await screenOf(page, at)));
}
