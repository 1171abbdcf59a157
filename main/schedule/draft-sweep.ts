/** What a sweep file would do, for whoever designs one: draws, the size of a grid, time, disk, and policies tried on the past. */

import { existsSync, statSync } from 'node:fs';
import { rngFrom } from '../../native-models/core/rng.ts';
import type { RunHead } from '../../preload/contract/run.ts';
import type { DrawnValues, PolicyPreview, SweepDraft, SweepSource } from '../../preload/contract/sweep-draft.ts';
import type { SweepPlan } from '../../preload/contract/sweep-plan.ts';
import { histogram } from '../search/histogram.ts';
import { MODEL_NAME } from '../search/settings.ts';
import { branchesOf, sizeOf } from '../search/space.ts';
import { documentText } from '../search/write-sweep.ts';
import type { ReadProject } from '../store/project.ts';
import { lastCheckpoint } from '../train/checkpoint.ts';
import { examineIn } from './create-sweep.ts';
import { runFolder } from './run-setting.ts';

/** What a draft is made beside: known anew only when it has changed. */
export interface DraftParts {
  readonly project: ReadProject;
  readonly runs: readonly RunHead[];
  /** Policies tried on the project's sweeps. */
  readonly policies: () => PolicyPreview[];
  readonly nowMs: number;
}

export function draftSweep({ project, runs, policies, nowMs }: DraftParts, source: SweepSource): SweepDraft {
  const text = 'yaml' in source ? source.yaml : documentText(source.document);
  const read = examineIn(project, text, nowMs);
  const { plan } = read;
  const empty = {
    source: text,
    drawn: [],
    grid_size: null,
    estimated_seconds: null,
    estimated_bytes: null,
    policies: [],
  };
  if (plan === null) return { ...read, ...empty };
  return {
    ...read,
    source: text,
    drawn: drawnValues(plan),
    grid_size: sizeOf(branchesOf(plan.space)),
    ...estimates(project, runs, plan),
    policies: policies(),
  };
}

function drawnValues({ space }: SweepPlan): DrawnValues[] {
  const draw = (dimensions: SweepPlan['space']['shared'], branch: number | null) =>
    Object.entries(dimensions).map(([name, distribution]) => ({
      ...{ name, branch, type: distribution.type },
      bars: histogram(distribution, rngFrom(0, 'histogram', name, branch ?? 'shared')),
    }));
  return [...draw(space.shared, null), ...space.branches.flatMap((branch, i) => draw(branch, i))];
}

const MOST_RUNS = 50; // the latest say enough

/** Of the models that the plan can draw, as runs of before took them; each as likely. */
function estimates(
  project: ReadProject,
  all: readonly RunHead[],
  plan: SweepPlan,
): Pick<SweepDraft, 'estimated_seconds' | 'estimated_bytes'> {
  const none = { estimated_seconds: null, estimated_bytes: null };
  const models = new Set(modelsOf(plan));
  const runs = all.filter(({ model, last_epoch: last }) => models.has(model) && last !== null).slice(-MOST_RUNS);
  if (runs.length === 0) return none;
  const seconds = runs.map(({ seconds: took, last_epoch: last, params }) => {
    return (took / last!.epoch) * Number(plan.arguments['number_of_epochs'] ?? params['number_of_epochs']);
  });
  const files = runs.map(({ id }) => lastCheckpoint(runFolder(project, id))).filter((file) => existsSync(file));
  const trials = Math.min(plan.iterations, sizeOf(branchesOf(plan.space)) ?? plan.iterations);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    estimated_seconds: trials * mean(seconds),
    estimated_bytes: files.length === 0 ? null : Math.round(trials * mean(files.map((file) => statSync(file).size))),
  };
}

function modelsOf({ space, arguments: fixed }: SweepPlan): string[] {
  const searched = branchesOf(space).flatMap((branch) => branch.filter(({ name }) => name === MODEL_NAME));
  const drawn = searched.flatMap(({ distribution }) => (distribution.type === 'choice' ? distribution.values : []));
  return [...drawn, ...(fixed[MODEL_NAME] === undefined ? [] : [fixed[MODEL_NAME]])].map(String);
}
