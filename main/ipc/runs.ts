/** Handlers of the calls about runs. */

import type { RunEvent } from '../../preload/contract/contract.ts';
import { AppError } from '../../preload/contract/errors.ts';
import type { RunSummary } from '../../preload/contract/run.ts';
import type { Engine } from './engine.ts';
import { LatestByKey } from './latest.ts';
import { type LogBug, toldTo } from './replies.ts';
import type { Handled } from './router.ts';

/** `os` is the part of the contract that the handlers are for. */
export function runHandlers(os: Handled['runs'], engine: Engine, logBug: LogBug) {
  const known = ({ id }: { readonly id: string }) => runOrThrow(engine, id).id;
  return {
    list: os.list.handler(() => [...engine.runSummaries()]),
    get: os.get.handler(({ input }) => runOrThrow(engine, input.id)),
    watch: os.watch.handler(({ signal }) => toldTo(watchRuns(engine, signal), logBug)),
    judgedParts: os.judgedParts.handler(({ input }) => [...engine.judgedParts(known(input))]),
    evaluation: os.evaluation.handler(({ input }) => engine.evaluation(known(input), input.split)),
    choices: os.choices.handler(() => engine.training().choices()),
    start: os.start.handler(async ({ input }) => ({ id: await engine.training().start(input) })),
    stop: os.stop.handler(async ({ input }) => {
      await engine.training().stop(known(input));
      return null;
    }),
    resume: os.resume.handler(async ({ input }) => {
      await engine.training().resume(known(input));
      return null;
    }),
    bundle: os.bundle.handler(({ input }) => engine.training().bundle(known(input))),
  };
}

function runOrThrow(engine: Engine, id: string): RunSummary {
  const run = engine.runSummary(id);
  if (run === null) throw new AppError('run-not-found', `There is no run "${id}" in this project.`, { id });
  return run;
}

/** Listens before it reads the first state, so a change between the two is told, not lost. */
async function* watchRuns(engine: Engine, signal: AbortSignal | undefined): AsyncGenerator<RunEvent> {
  const events = new LatestByKey<string, RunEvent>();
  let folder = engine.projectOverview()?.folder;
  const unsubscribe = [
    // Another project has other runs.
    engine.onProjectChanged((project) => {
      if (project?.folder === folder) return;
      folder = project?.folder;
      events.put('all', { type: 'snapshot', runs: [...engine.runSummaries()] });
    }),
    engine.onRunChanged((run) => events.put(run.id, { type: 'changed', run })),
    engine.onRunProgress((id, progress) => events.put(`progress of ${id}`, { type: 'progress', id, progress })),
  ];
  try {
    yield { type: 'snapshot', runs: [...engine.runSummaries()] };
    for (let event = await events.take(signal); event !== null; event = await events.take(signal)) yield event;
  } finally {
    for (const leave of unsubscribe) leave();
  }
}
