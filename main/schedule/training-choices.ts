/** What a run can be trained with on this machine: devices and weights. Looked up, not tried. */

import { existsSync, readdirSync } from 'node:fs';
import type { TrainingChoices, WeightsChoice } from '../../preload/contract/training.ts';
import type { Device } from '../devices/device.ts';
import { partsOf } from '../devices/doctor.ts';
import { defaultWeights, listWeights } from '../weights/library.ts';

const CARDS_FOLDER = '/proc/driver/nvidia/gpus';

export function trainingChoices(library: string): TrainingChoices {
  const devices = devicesHere().map((device) => {
    const missing = partsOf(device).find(({ ok }) => !ok);
    return { device, problem: missing === undefined ? null : `${missing.name}: ${missing.found}` };
  });
  return { devices, weights: weightsHere(library) };
}

/** One entry a card; a machine without one is told what it lacks under the first. */
function devicesHere(): Device[] {
  const cards = existsSync(CARDS_FOLDER) ? readdirSync(CARDS_FOLDER).length : 0;
  const cuda = Array.from({ length: Math.max(1, cards) }, (_, i): Device => `cuda:${i}`);
  return ['cpu', ...cuda, 'webgpu'];
}

function weightsHere(library: string): WeightsChoice[] {
  const present = listWeights(library).flatMap((entry) =>
    'problem' in entry || entry.file === null ? [] : [{ ...entry, file: entry.file }],
  );
  const usual = new Set(present.map(({ model }) => defaultWeights(library, model)?.file));
  return present
    .toSorted((a, b) => Number(usual.has(b.file)) - Number(usual.has(a.file)))
    .map(({ name, model, title, licence }) => ({ name, model, title, licence }));
}
