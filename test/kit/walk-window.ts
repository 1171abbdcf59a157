/** A window on frames of a walk, with all that keys can be given for: classes, what a model proposes, a model that answers clicks. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { importDataset } from '../../main/data/import.ts';
import { openEngine, type Workbench } from '../../main/engine.ts';
import { addClass } from '../../main/store/classes.ts';
import type { WriteDb } from '../../main/store/db.ts';
import { upsertEpoch } from '../../main/store/epochs.ts';
import { putPrediction } from '../../main/store/predictions.ts';
import { createProject } from '../../main/store/project.ts';
import { createRun } from '../../main/store/runs.ts';
import { CanvasKeys } from './canvas-keys.ts';
import { clickDecoder, clickEncoder, plainClicks } from './click-pair.ts';
import { FakeClock } from './clock.ts';
import { tempFolder } from './folders.ts';
import { madeEpoch } from './made-runs.ts';
import { encoder, picture } from './pictures.ts';
import { newRun } from './runs.ts';
import { servedWindow } from './served-window.ts';
import { writeModel } from './tiny-models.ts';

const SIZE = { width: 400, height: 300 };
const FRAMES = 6;
/** Of the tiny pair that answers clicks. */
const CLICK_SIDE = 256;
/** What is on every frame, of colours of their own: two boxes, and their pixels. */
export const LIGHT = [40, 40, 120, 100] as const;
const DARK = [240, 160, 340, 240] as const;
export const LIGHT_AREA = 80 * 60;
export const DARK_AREA = 100 * 80;

/** No two are the same file. */
const frame = (number: number) =>
  picture(SIZE.width, SIZE.height, (x, y) => {
    if (x < 4 && y < 4) return [number, 0, 0];
    if (x >= LIGHT[0] && x < LIGHT[2] && y >= LIGHT[1] && y < LIGHT[3]) return [250, 240, 220];
    if (x >= DARK[0] && x < DARK[2] && y >= DARK[1] && y < DARK[3]) return [30, 20, 90];
    return [110, 130, 100];
  });

/** On the first of the frames, in a project with twelve classes; no key was pressed yet. */
export async function openWalk() {
  const [folder, source] = [join(tempFolder(), 'project'), join(tempFolder(), 'walk')];
  mkdirSync(source);
  for (let i = 1; i <= FRAMES; i++) {
    writeFileSync(join(source, `frame${i}.png`), await encoder(frame(i)).png().toBuffer());
  }
  const clock = new FakeClock();
  const project = createProject(folder, { clock, owner: 'lightbench test', task: 'image-instance-segmentation' });
  await importDataset(project, source, { format: 'sequence' });
  for (let i = 1; i <= 12; i++) addClass(project.db, `part ${String(i).padStart(2, '0')}`);
  propose(project.db);
  project.close();
  const bugs: unknown[] = [];
  const engine = openEngine(folder, {
    ...{ clock, logBug: (bug: unknown) => bugs.push(bug), home: tempFolder(), threads: 1, roots: null },
  });
  await addClickModel(engine);
  const { page, server } = await servedWindow(engine, { closed: () => engine.close(), bugs });
  await page.setViewportSize({ width: 1100, height: 700 });
  await page.goto(`${server.url}/#/label/1`);
  await page.getByText('1 of 6', { exact: true }).waitFor();
  return { page, engine, keys: await CanvasKeys.on(page) };
}

/** What a run says of the fourth frame, and where it is far from another. */
function propose(db: WriteDb): void {
  const run_id = createRun(db, newRun({ classes: ['part 01'], model: 'yolox_nano' }));
  upsertEpoch(db, run_id, { ...madeEpoch(1), metrics: { accuracy: 0.7 }, valid_loss: null });
  const object = (score: number, x: number) => ({
    ...{ class_name: 'part 01', score, xyxy: [x, 20, x + 40, 60] as const, polygon: null },
  });
  const found = {
    kind: 'objects',
    objects: [object(0.9, 20), object(0.8, 120), object(0.56, 220), object(0.3, 320)],
  } as const;
  const rest = { run_id, made_at_ms: 5, found, entropy01: 1, closeness01: 1 };
  putPrediction(db, { ...rest, image_id: 4, disagreement01: null });
  putPrediction(db, { ...rest, image_id: 5, disagreement01: 0.7 });
}

async function addClickModel(engine: Workbench): Promise<void> {
  const files = tempFolder();
  const source = {
    path: writeModel(files, 'encoder.onnx', clickEncoder(CLICK_SIDE)),
    decoder: writeModel(files, 'decoder.onnx', clickDecoder(CLICK_SIDE)),
    labels: null,
  };
  const { mapping } = await engine.models().survey(source, undefined);
  await engine.models().add({ source, name: 'clicks', mapping: plainClicks(mapping) });
}

export type Walk = Awaited<ReturnType<typeof openWalk>>;
