/**
 * The slow training runs on real data that releases are held to, ours beside torch's.
 * `npm run acceptance [-- --only signs,cifar,miml,curve,vit,resnest,sweep,tiling,detectors,bccd,segm] [--work FOLDER]`;
 * needs the data beside the checkout, and torch.
 * Finished runs are kept in the work folder: an interrupted command goes on where it was, an empty folder starts anew.
 */

import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { commandOptions } from '../command-options.ts';
import { ROOT } from '../source-files.ts';
import { bccd } from './bccd.ts';
import { CURVES, curve } from './curve.ts';
import { SHARED } from './data.ts';
import { detectors } from './detectors.ts';
import { FINE_TUNES, fineTune } from './fine-tune.ts';
import { Results } from './results.ts';
import { segm } from './segm.ts';
import { sweep } from './sweep.ts';
import { tiling } from './tiling.ts';

const values = commandOptions({
  only: { type: 'string' },
  work: { type: 'string', default: join(ROOT, '.cache', 'acceptance') },
});
const { work } = values;
if (!existsSync(SHARED)) throw new Error(`the real data is not at ${SHARED}; set LIGHTBENCH_SHARED`);
mkdirSync(work, { recursive: true });
const results = new Results(join(work, 'results.json'));

const cases: Readonly<Record<string, () => boolean | Promise<boolean>>> = {
  ...Object.fromEntries(Object.entries(FINE_TUNES).map(([name, each]) => [name, () => fineTune(each, work, results)])),
  ...Object.fromEntries(Object.entries(CURVES).map(([name, each]) => [name, () => curve(each, work, results)])),
  sweep: () => sweep(work),
  tiling: () => tiling(work, results),
  detectors: () => detectors(work),
  bccd: () => bccd(work, results),
  segm: () => segm(work, results),
};
const asked = values.only?.split(',') ?? Object.keys(cases);
for (const name of asked)
  if (!(name in cases)) throw new Error(`no case "${name}"; there are ${Object.keys(cases).join(', ')}`);

const verdicts: (readonly [name: string, isMet: boolean])[] = [];
for (const name of asked) verdicts.push([name, await cases[name]!()]);
for (const [name, isMet] of verdicts) console.log(`${isMet ? 'met' : 'NOT MET'}: ${name}`);
process.exitCode = verdicts.every(([, isMet]) => isMet) ? 0 : 1;
