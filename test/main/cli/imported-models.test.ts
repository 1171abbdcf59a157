import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../../build/source-files.ts';
import { ensureClass } from '../../../main/store/classes.ts';
import { tempFolder } from '../../kit/folders.ts';
import { picturedProject } from '../../kit/pictured-project.ts';
import { boxFinder, writeModel } from '../../kit/tiny-models.ts';

function lightbench(...args: readonly string[]) {
  const { status, stdout } = spawnSync(process.execPath, [join(ROOT, 'main', 'cli.ts'), 'models', ...args, '--json'], {
    encoding: 'utf8',
  });
  return { status, value: stdout === '' ? null : JSON.parse(stdout) };
}

test('a model is looked at, mapped by options, added, listed and removed', async () => {
  const project = await picturedProject('image-object-detection', [], (db) => void ensureClass(db, 'bolt'));
  const folder = tempFolder();
  const model = writeModel(folder, 'finder.onnx', boxFinder(16));
  writeFileSync(join(folder, 'finder.txt'), 'bolt\nwasher\n');

  const dry = lightbench('add', project, model, '--dry-run', '--set', 'input.colour=bgr', '--map', 'washer=nut');
  expect(dry.value).toMatchObject({
    name: 'finder',
    mapping: {
      input: { colour: 'bgr', width: 16 },
      classes: [
        { name: 'bolt', to: 'bolt' },
        { name: 'washer', to: 'nut' },
      ],
    },
  });
  writeFileSync(join(folder, 'mapping.json'), JSON.stringify(dry.value));
  const wrong = lightbench('add', project, model, '--set', 'input.hue=red');
  expect([wrong.status, wrong.value.error.code]).toEqual([2, 'bad-argument']);

  const added = lightbench('add', project, model, '--mapping', join(folder, 'mapping.json'), '--name', 'parts');
  expect(added.value).toMatchObject({ id: 'm0001', name: 'parts', mapping: { input: { colour: 'bgr' } } });
  expect(lightbench('imported', project).value).toEqual({ models: [added.value], damaged: [] });
  expect(lightbench('remove', project, 'm0001').value).toEqual({ removed: 'm0001' });
  expect(lightbench('imported', project).value).toEqual({ models: [], damaged: [] });
});
