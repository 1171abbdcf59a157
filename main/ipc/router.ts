/** The contract joined to an engine. */

import { implement, type Router } from '@orpc/server';
import { contract, type RunEvent } from '../../preload/contract/contract.ts';
import { AppError } from '../../preload/contract/errors.ts';
import type { ProjectOverview } from '../../preload/contract/project.ts';
import type { RunSummary } from '../../preload/contract/run.ts';
import type { Engine } from './engine.ts';
import { LatestByKey } from './latest.ts';
import { type LogBug, replyTo, toldTo } from './replies.ts';

const typed = implement(contract);

/** Handlers of every call of the contract over one engine. */
export function routerOf(engine: Engine, logBug: LogBug): Router<typeof contract, Record<never, never>> {
  const os = typed.use(async ({ next }) => {
    try {
      return await next();
    } catch (error) {
      throw replyTo(error, logBug);
    }
  });
  return os.router({
    engine: { info: os.engine.info.handler(() => engine.info()) },
    project: {
      get: os.project.get.handler(() => engine.projectOverview()),
      watch: os.project.watch.handler(({ signal }) => toldTo(watchProject(engine, signal), logBug)),
    },
    runs: {
      list: os.runs.list.handler(() => [...engine.runSummaries()]),
      get: os.runs.get.handler(({ input }) => runOrThrow(engine, input.id)),
      watch: os.runs.watch.handler(({ signal }) => toldTo(watchRuns(engine, signal), logBug)),
      judgedParts: os.runs.judgedParts.handler(({ input }) => [...engine.judgedParts(runOrThrow(engine, input.id).id)]),
      evaluation: os.runs.evaluation.handler(({ input: { id, split } }) =>
        engine.evaluation(runOrThrow(engine, id).id, split),
      ),
    },
  });
}

function runOrThrow(engine: Engine, id: string): RunSummary {
  const run = engine.runSummary(id);
  if (run === null) throw new AppError('run-not-found', `There is no run "${id}" in this project.`, { id });
  return run;
}

/** Listens before it reads the first state, so a change between the two is told, not lost. */
async function* watchRuns(engine: Engine, signal: AbortSignal | undefined): AsyncGenerator<RunEvent> {
  const changed = new LatestByKey<string, RunSummary>();
  const unsubscribe = engine.onRunChanged((run) => changed.put(run.id, run));
  try {
    yield { type: 'snapshot', runs: [...engine.runSummaries()] };
    for (let run = await changed.take(signal); run !== null; run = await changed.take(signal)) {
      yield { type: 'changed', run };
    }
  } finally {
    unsubscribe();
  }
}

async function* watchProject(engine: Engine, signal: AbortSignal | undefined): AsyncGenerator<ProjectOverview | null> {
  const changed = new LatestByKey<'project', { project: ProjectOverview | null }>();
  const unsubscribe = engine.onProjectChanged((project) => changed.put('project', { project }));
  try {
    yield engine.projectOverview();
    for (let next = await changed.take(signal); next !== null; next = await changed.take(signal)) yield next.project;
  } finally {
    unsubscribe();
  }
}
