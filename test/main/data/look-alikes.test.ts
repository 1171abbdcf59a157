import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openEngine } from '../../../main/engine.ts';
import type { Pixels } from '../../../main/images/pixels.ts';
import { allOf } from '../../kit/all-of.ts';
import { FakeClock } from '../../kit/clock.ts';
import { tempFolder } from '../../kit/folders.ts';
import { picturedProject } from '../../kit/pictured-project.ts';
import { picture } from '../../kit/pictures.ts';

/** Waves of a length, a little brighter or darker. */
const waves = (length: number, brightness = 0): Pixels =>
  picture(64, 48, (x, y) => {
    const level = 128 + brightness + 80 * Math.sin(x / length) * Math.cos(y / length);
    return [level, level, level];
  });

async function engineOn(pictures: readonly Pixels[], missing: string) {
  const folder = await picturedProject('image-classification', pictures, (db) => {
    db.prepare("UPDATE images SET split = CASE id WHEN 2 THEN 'validation' ELSE 'train' END").run();
  });
  rmSync(join(folder, missing));
  const parts = { clock: new FakeClock(), logBug: () => {}, home: tempFolder(), threads: 1, roots: null };
  const engine = openEngine(folder, parts);
  onTestFinished(() => engine.close());
  return { folder, engine };
}

test('the images that look alike are grouped, one that cannot be read is named, and a second search looks at that one alone', async () => {
  const { folder, engine } = await engineOn([waves(9), waves(9, 6), waves(4), waves(20)], join('images', '4.png'));

  const events = await allOf(engine.data().lookAlikes(undefined));
  for (const name of ['1.png', '2.png', '3.png']) rmSync(join(folder, 'images', name)); // their fingerprints are kept
  const again = await allOf(engine.data().lookAlikes(undefined));

  const found = {
    groups: [{ ids: [1, 2], is_leak: true, is_conflict: false }],
    unread: [{ id: 4, reason: expect.stringContaining('4.png') }],
  };
  expect(events[0]).toEqual({ type: 'progress', progress: { done: 0, total: 4, elapsed_ms: 0 } });
  expect(events.at(-1)).toEqual({ type: 'done', found });
  expect(again[0]).toMatchObject({ progress: { done: 3 } });
  expect(again.at(-1)).toEqual({ type: 'done', found });
});

test('a search ends with the engine', async () => {
  const { engine } = await engineOn([waves(9), waves(4)], join('images', '2.png'));
  const search = engine.data().lookAlikes(undefined);
  await search.next();

  await engine.close();

  await expect(search.next()).rejects.toMatchObject({ code: 'cancelled' });
});
