import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MemoryGate } from '../../../main/schedule/memory-gate.ts';
import { MemoryNotes } from '../../../main/schedule/memory-notes.ts';
import type { TrainJob } from '../../../main/train/protocol.ts';
import { tempFolder } from '../../kit/folders.ts';

const job = (changes: Record<string, unknown> = {}): TrainJob =>
  ({
    ...{ model: 'resnet18', device: 'cpu', threads: 2, train: [1, 2], validation: [3] },
    params: { training_batch_size: 8, validation_batch_size: 8, grad_accumulation_step: 1, ...changes },
  }) as unknown as TrainJob;

/** A process with a gate of its own on the folder of a project; counts what it measures. */
function processOn(folder: string, bytes: number | null = 1000) {
  let measured = 0;
  const measure = async () => {
    measured++;
    return bytes;
  };
  const gate = new MemoryGate(measure, 5000, new MemoryNotes({ folder }));
  const admit = async (...jobs: TrainJob[]) => {
    for (const each of jobs) await gate.admit(each, 0, new AbortController().signal);
    return measured;
  };
  return { admit };
}

const fileOf = (folder: string) => join(folder, 'sweeps', 'memory.json');

test('what was measured is not measured again after a restart; what needs other memory is', async () => {
  const folder = tempFolder();

  expect(await processOn(folder).admit(job(), job({ learning_rate: 0.2 }), job())).toBe(1);
  expect(await processOn(folder).admit(job(), job({ learning_rate: 0.3 }))).toBe(0);
  expect(await processOn(folder).admit(job({ training_batch_size: 16 }))).toBe(1);
  expect(await processOn(folder).admit(job({ model_size: 'large' }), job({ model_size: 'small' }))).toBe(2);
  expect(readdirSync(join(folder, 'sweeps'))).toEqual(['memory.json']);
});

test('a damaged file, or one of another machine, is measured anew and replaced', async () => {
  const folder = tempFolder();
  mkdirSync(join(folder, 'sweeps'));
  const broken = ['', '{"machine": "x', '[]', 'null', '{"bytes": {}}'];

  for (const text of broken) {
    writeFileSync(fileOf(folder), text);
    expect(await processOn(folder).admit(job())).toBe(1);
    expect(await processOn(folder).admit(job())).toBe(0);
  }
  const noted = JSON.parse(readFileSync(fileOf(folder), 'utf8'));
  writeFileSync(fileOf(folder), JSON.stringify({ ...noted, machine: 'another' }));
  expect(await processOn(folder).admit(job())).toBe(1);
  const [key] = Object.keys(noted.bytes);
  writeFileSync(fileOf(folder), JSON.stringify({ ...noted, bytes: { [key!]: 'much' } }));
  expect(await processOn(folder).admit(job())).toBe(1);
});

test('what ran out of memory, or could not be measured, is tried another time', async () => {
  const folder = tempFolder();

  await processOn(folder, null).admit(job({ training_batch_size: 1 }));
  await processOn(folder, 0).admit(job());

  expect(existsSync(fileOf(folder))).toBe(false);
});
