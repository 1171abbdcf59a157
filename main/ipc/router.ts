/** The contract joined to an engine. */

import { implement, type Router } from '@orpc/server';
import { contract } from '../../preload/contract/contract.ts';
import type { ProjectOverview } from '../../preload/contract/project.ts';
import { dataHandlers } from './data.ts';
import type { Engine } from './engine.ts';
import { labellingHandlers } from './labelling.ts';
import { modelHandlers } from './models.ts';
import { projectsHandlers } from './projects.ts';
import { type LogBug, replyTo, toldTo } from './replies.ts';
import { runHandlers } from './runs.ts';
import { states } from './states.ts';
import { sweepHandlers } from './sweeps.ts';
import { transferHandlers } from './transfers.ts';

/** The contract as handlers are given to it: whatever they throw becomes a reply. */
const withReplies = (logBug: LogBug) =>
  implement(contract).use(async ({ next }) => {
    try {
      return await next();
    } catch (error) {
      throw replyTo(error, logBug);
    }
  });
export type Handled = ReturnType<typeof withReplies>;

/** Handlers of every call of the contract over one engine. */
export function routerOf(engine: Engine, logBug: LogBug): Router<typeof contract, Record<never, never>> {
  const os = withReplies(logBug);
  return os.router({
    engine: { info: os.engine.info.handler(() => engine.info()) },
    project: {
      get: os.project.get.handler(() => engine.projectOverview()),
      watch: os.project.watch.handler(({ signal }) => toldTo(watchProject(engine, signal), logBug)),
    },
    labelling: labellingHandlers(os.labelling, engine, logBug),
    runs: runHandlers(os.runs, engine, logBug),
    sweeps: sweepHandlers(os.sweeps, engine, logBug),
    data: dataHandlers(os.data, engine, logBug),
    models: modelHandlers(os.models, engine, logBug),
    transfers: transferHandlers(os.transfers, engine, logBug),
    projects: projectsHandlers(os.projects, engine, logBug),
  });
}

function watchProject(engine: Engine, signal: AbortSignal | undefined): AsyncGenerator<ProjectOverview | null> {
  return states(
    () => engine.projectOverview(),
    (tell) => engine.onProjectChanged((project) => tell(() => project)),
    signal,
  );
}
