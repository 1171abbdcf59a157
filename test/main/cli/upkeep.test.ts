import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../../build/source-files.ts';
import { importDataset } from '../../../main/data/import.ts';
import { writeFolderSet } from '../../kit/data-sets.ts';
import { tempFolder } from '../../kit/folders.ts';
import { newProject } from '../../kit/projects.ts';

const CLI = join(ROOT, 'main', 'cli.ts');

function lightbench(...args: readonly string[]) {
  const { status, stdout } = spawnSync(process.execPath, [CLI, ...args, '--json'], { encoding: 'utf8' });
  return { status, value: stdout === '' ? null : JSON.parse(stdout) };
}

test('a project is verified, repaired from where its pictures came from, copied, and freed of what is no image', async () => {
  const root = tempFolder();
  const set = await writeFolderSet(join(root, 'set'), { apple: 2, pear: 1 });
  const project = newProject();
  await importDataset(project, set);
  project.close();
  const images = join(project.folder, 'images');

  expect(lightbench('verify', project.folder)).toMatchObject({
    status: 0,
    value: { images: 3, missing_count: 0, is_kept: true, repaired: null },
  });
  const [gone] = readdirSync(images, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.png'));
  rmSync(join(images, gone!));
  expect(lightbench('verify', project.folder)).toMatchObject({ status: 1, value: { missing_count: 1 } });
  expect(lightbench('verify', project.folder, '--repair', join(root, 'elsewhere'))).toMatchObject({
    status: 1,
    value: { error: { code: 'file-missing', message: expect.stringContaining('elsewhere') } },
  });
  expect(lightbench('verify', project.folder, '--repair', set)).toMatchObject({
    status: 0,
    value: { missing_count: 0, repaired: { found: 1, forgotten: 0 } },
  });

  const copy = join(root, 'second');
  expect(lightbench('duplicate', project.folder, copy)).toMatchObject({ status: 0, value: { name: 'second' } });
  expect(lightbench('duplicate', project.folder, copy).status).not.toBe(0);
  writeFileSync(join(copy, 'images', 'stray.png'), 'x');
  expect(lightbench('compact', copy)).toMatchObject({ status: 0, value: { removed_files: 1 } });
  expect(existsSync(join(copy, 'images', 'stray.png'))).toBe(false);
  expect(execFileSync(process.execPath, [CLI, 'verify', copy], { encoding: 'utf8' })).toContain('read 3 images');
});
