/** Sweeps over projects whose pictures nobody opens, run by a trainer that only seems to train. */

import { planSweep } from '../../main/schedule/create-sweep.ts';
import { MemoryGate } from '../../main/schedule/memory-gate.ts';
import type { Slot } from '../../main/schedule/slots.ts';
import { runSweep, type SweepParts } from '../../main/schedule/sweep-scheduler.ts';
import { addImage } from '../../main/store/images.ts';
import { setLabels } from '../../main/store/labels.ts';
import type { WriteProject } from '../../main/store/project.ts';
import { sweepSummary } from '../../main/store/sweep-summaries.ts';
import { type FakeTrainerOptions, fakeTrainer } from './fake-trainer.ts';
import { newProject } from './projects.ts';

export const cpuSlots = (count: number): Slot[] => Array.from({ length: count }, () => ({ device: 'cpu', threads: 1 }));

export const sweepFile = ({ trials = 3, more = '', epochs = 4 } = {}) => `
hyperparameter_sampling:
  space: {model_name: resnet18, learning_rate: 'choice(0.1, 0.2, 0.3, 0.4, 0.5, 0.6)'}
  algorithm: grid
iterations: ${trials}
arguments: {number_of_epochs: ${epochs}}
${more}`;

export const rateOf = (params: Readonly<Record<string, unknown>>) => Number(params['learning_rate']);

interface Setting {
  readonly text?: string;
  readonly slots?: number;
  readonly trainer?: FakeTrainerOptions;
  readonly parts?: Partial<SweepParts>;
}

/** A project that says it has so many images; nobody opens them here. */
export function projectOfRows(images: number): WriteProject {
  const project = newProject();
  project.db.transaction(() => {
    for (let i = 0; i < images; i++) {
      const sha256 = String(i).padStart(64, '0');
      const sizes = { size_bytes: 1, width_px: 4, height_px: 4 };
      const path = `images/${i}.png`;
      const id = addImage(project.db, {
        path,
        source_url: path,
        storage: 'copied',
        sha256,
        ...sizes,
        format: 'png',
        split: null,
        created_at_ms: 1,
      });
      setLabels(project.db, id, [i % 2 === 0 ? 'bright' : 'dark']);
    }
  });
  return project;
}

/** A planned sweep and a way to run it; what the listener was told of trials is in `told`. */
export async function plannedSweep({ text = sweepFile(), slots = 1, trainer = {}, parts = {} }: Setting = {}) {
  const project = projectOfRows(8);
  const { id } = planSweep(project, text, ['cpu'], 'sweep.yaml');
  const told: string[] = [];
  const fake = fakeTrainer(trainer);
  const run = (changes: Partial<SweepParts> = {}) =>
    runSweep(id, {
      project,
      trainer: fake,
      slots: cpuSlots(slots),
      gate: new MemoryGate(async () => 1, 1e9),
      weightsFor: () => null,
      listener: { onTrial: (trial, state) => told.push(`${trial} ${state}`), onNote: (_, note) => told.push(note) },
      signal: new AbortController().signal,
      ...parts,
      ...changes,
    });
  return { project, id, run, told, fake, summary: () => sweepSummary(project.db, id) };
}

/** Of its trials, in order. */
export const trialStates = ({ trials }: { trials: readonly { state: string }[] }) => trials.map(({ state }) => state);
