/** Whoever labels and is killed at any moment loses at most the gesture that was under way. */

import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { imageDocument } from '../../../main/label/labelling.ts';
import { addImage } from '../../../main/store/images.ts';
import { createProject, openProject } from '../../../main/store/project.ts';
import { rngFrom } from '../../../native-models/core/rng.ts';
import { FakeClock } from '../../kit/clock.ts';
import { tempFolder } from '../../kit/folders.ts';
import { killHard, startProcess } from '../../kit/processes.ts';
import { IMAGE, keptOf, randomGestures } from '../../kit/random-gestures.ts';

const EDITOR = new URL('edit-until-killed.ts', import.meta.url).pathname;
/** LIGHTBENCH_KILLS asks for more of them. */
const KILLS = Number(process.env['LIGHTBENCH_KILLS'] ?? 4);
const me = { clock: new FakeClock(), owner: 'lightbench test' };

function projectWithImage(): string {
  const folder = join(tempFolder(), 'p');
  const project = createProject(folder, { ...me, task: 'image-object-detection' });
  addImage(project.db, {
    path: 'images/a.png',
    storage: 'copied',
    source_url: 'a.png',
    sha256: '0'.repeat(64),
    size_bytes: 1,
    width_px: 100,
    height_px: 80,
    format: 'png',
    split: null,
    created_at_ms: 1,
  });
  project.close();
  return folder;
}

/** Labels in a process of its own and kills it after so many edits and some milliseconds; returns how many it told of. */
async function labelAndKill(folder: string, seed: number, edits: number, afterMs: number): Promise<number> {
  const editor = startProcess(EDITOR, [folder, String(seed)]);
  let told = 0;
  await new Promise<void>((resolve) => {
    editor.on('message', (count: number) => {
      told = count;
      if (count === edits) setTimeout(resolve, afterMs);
    });
  });
  await killHard(editor);
  return told;
}

test(`${KILLS} kills amid 200 edits of one image and of many, at any moment: every finished one is there`, {
  timeout: 900_000,
}, async () => {
  const folder = projectWithImage();
  const rng = rngFrom(9, 'kills');
  for (let kill = 0; kill < KILLS; kill++) {
    const twin = join(tempFolder(), 'twin');
    cpSync(folder, twin, { recursive: true });
    const edits = 1 + Math.floor(rng.uniform() * 120);
    const told = await labelAndKill(folder, kill, edits, rng.uniform() * 6);

    const project = openProject(folder, { ...me, access: 'write' });
    const left = keptOf(imageDocument(project.db, IMAGE, 0));
    project.close();
    // The twin was not killed: what is left must be its drawing after as many gestures as were told, or the one more.
    const drawings: string[] = [];
    for await (const drawing of randomGestures(twin, kill)) {
      drawings.push(drawing);
      if (drawings.length > told && drawing === left) break;
      if (drawings.length === told + 8) break; // messages of the last few edits may be lost with the process
    }
    expect(drawings.slice(told - 1)).toContain(left);
  }
});
