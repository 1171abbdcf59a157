/** What the pages about runs ask, asked of the engine. */

import type { EvaluationSource } from '../../dash/views/evaluation/use-evaluation.ts';
import type { RunActions } from '../../dash/views/run-actions.ts';
import type { EpochSource } from '../../dash/views/use-epochs.ts';
import type { LiveEngine } from './live-engine.ts';

export function runActionsOf(live: LiveEngine): RunActions {
  return {
    choices: () => live.ask((client) => client.runs.choices()),
    start: (request) => live.ask(async (client) => (await client.runs.start(request)).id),
    stop: (id) => live.ask((client) => client.runs.stop({ id })),
    resume: (id) => live.ask((client) => client.runs.resume({ id })),
    bundle: (id) => live.ask((client) => client.runs.bundle({ id })),
  };
}

export function evaluationSourceOf(live: LiveEngine): EvaluationSource {
  return {
    judgedParts: (id) => live.ask((client) => client.runs.judgedParts({ id })),
    evaluation: (id, split) => live.ask((client) => client.runs.evaluation({ id, split })),
    judge: (id, split, signal) =>
      live.ask((client) => client.runs.judge({ id, split }, { signal: live.whileConnected(signal) })),
  };
}

export function epochSourceOf(live: LiveEngine): EpochSource {
  return {
    watch: (runs, signal) =>
      live.ask((client) => client.runs.watchEpochs({ ids: [...runs] }, { signal: live.whileConnected(signal) })),
  };
}
