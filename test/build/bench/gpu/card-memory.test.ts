import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { CardMemory } from '../../../../build/bench/gpu/card-memory.ts';
import { eventually } from '../../../kit/eventually.ts';
import { tempFolder } from '../../../kit/folders.ts';

/** An nvidia-smi that says what is in a file, and a way to change that. */
function fakeSmi(): (megabytes: string) => void {
  const folder = tempFolder();
  const said = join(folder, 'said');
  const program = join(folder, 'nvidia-smi');
  writeFileSync(program, `#!/bin/sh\necho "$@" >> ${folder}/asked\ncat ${said}\n`);
  chmodSync(program, 0o755);
  const before = process.env['PATH'];
  process.env['PATH'] = `${folder}:${before}`;
  onTestFinished(() => {
    process.env['PATH'] = before;
  });
  return (megabytes) => writeFileSync(said, megabytes);
}

test("what a program takes of a card's memory is the most that is seen, less what was taken before", async () => {
  const say = fakeSmi();
  say('500\n');
  const memory = await CardMemory.watch(1);
  say('9500\n');
  await eventually(() => expect(memory.mostMb).toBe(9000));
  say('600\n');

  expect(memory.stop()).toBe(9000);
});

test('where nobody tells, there is no figure', async () => {
  fakeSmi()('[N/A]\n');

  expect((await CardMemory.watch(0)).stop()).toBeNull();
  expect((await CardMemory.watch(null)).stop()).toBeNull();
});
