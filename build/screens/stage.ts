/** The projects that are shown: workshop parts, rendered, a picture each for telling apart and for finding. */

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { makeDataset } from '../demo/dataset.ts';
import { ROOT } from '../source-files.ts';

export interface Stage {
  /** Pictures with one class each; runs and sweeps are made of them. */
  readonly parts: string;
  /** The data set it was imported from. */
  readonly partsSource: string;
  /** Pictures with boxes of objects. */
  readonly bench: string;
  /** A project without anything. */
  readonly empty: string;
}

const [PARTS, BENCHES, SIDE_PX, BENCH_SIDE_PX] = [240, 48, 96, 360];
/** So many are there twice, for the page of look-alikes. */
const COPIES = 3;

export async function setStage(folder: string): Promise<Stage> {
  const [parts, bench, empty] = ['parts', 'bench', 'empty'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const [partsSource, benchSource] = [join(folder, 'part pictures'), join(folder, 'bench pictures')];
  const making = { seed: 3, workers: 2 };
  await makeDataset(partsSource, { ...making, kind: 'classification', images: PARTS, sidePx: SIDE_PX });
  await makeDataset(benchSource, { ...making, kind: 'detection', images: BENCHES, sidePx: BENCH_SIDE_PX });
  await copySome(partsSource);
  makeProject(parts, 'Workshop parts', 'image-classification', join(partsSource, 'annotations.jsonl'));
  makeProject(bench, 'Workshop bench', 'image-object-detection', join(benchSource, 'annotations.jsonl'));
  makeProject(empty, 'Empty', 'image-classification', null);
  return { parts, partsSource, bench, empty };
}

/** Lighter copies of a few pictures under other names, one of them with another class. */
async function copySome(source: string): Promise<void> {
  const images = join(source, 'images');
  const file = join(source, 'annotations.jsonl');
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  const names = readdirSync(images).sort().slice(0, COPIES);
  const copies = await Promise.all(
    names.map(async (name, at) => {
      await sharp(join(images, name))
        .modulate({ brightness: 1.05 })
        .toFile(join(images, `copy-${name}`));
      const line = lines.find((text) => text.includes(name))!.replace(name, `copy-${name}`);
      const { label } = JSON.parse(lines.at(-1)!) as { label: string };
      return at === 0 ? JSON.stringify({ ...(JSON.parse(line) as object), label }) : line;
    }),
  );
  writeFileSync(file, `${[...lines, ...copies].join('\n')}\n`);
}

function makeProject(folder: string, name: string, task: string, source: string | null): void {
  lightbench('create', folder, '--task', task, '--name', name);
  if (source !== null) lightbench('import', folder, source);
}

function lightbench(...args: readonly string[]): void {
  const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'main', 'cli.ts'), ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`lightbench ${args.join(' ')}: ${stderr}`);
}
