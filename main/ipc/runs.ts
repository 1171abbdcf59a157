/** Handlers of the calls about runs. */

import type { RunEvent } from '../../preload/contract/contract.ts';
import { AppError } from '../../preload/contract/errors.ts';
import type { RunEpochs, RunSummary } from '../../preload/contract/run.ts';
import type { Engine } from './engine.ts';
import { LatestByKey } from './latest.ts';
import { type LogBug, toldTo } from './replies.ts';
import type { Handled } from './router.ts';

/** `os` is the part of the contract that the handlers are for. */
export function runHandlers(os: Handled['runs'], engine: Engine, logBug: LogBug) {
  const known = ({ id }: { readonly id: string }) => runOrThrow(engine, id).id;
  return {
    list: os.list.handler(() => [...engine.runHeads()]),
    get: os.get.handler(({ input }) => runOrThrow(engine, input.id)),
    watch: os.watch.handler(({ signal }) => toldTo(watchRuns(engine, signal), logBug)),
    watchEpochs: os.watchEpochs.handler(({ input, signal }) =>
      toldTo(watchEpochs(engine, [...new Set(input.ids)], signal), logBug),
    ),
    judgedParts: os.judgedParts.handler(({ input }) => [...engine.judgedParts(known(input))]),
    evaluation: os.evaluation.handler(({ input }) => engine.evaluation(known(input), input.split)),
    judge: os.judge.handler(({ input, signal }) =>
      toldTo(engine.training().judge(known(input), input.split, signal), logBug),
    ),
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

/**
 * Listens before it reads the first state, so a change between the two is told, not lost. Runs that change together are
 * told together: a window draws once for all of them.
 */
async function* watchRuns(engine: Engine, signal: AbortSignal | undefined): AsyncGenerator<RunEvent> {
  const events = new LatestByKey<string, RunEvent>();
  let folder = engine.projectOverview()?.folder;
  const snapshot = (): RunEvent => ({ type: 'snapshot', runs: [...engine.runHeads()] });
  const unsubscribe = [
    // Another project has other runs.
    engine.onProjectChanged((project) => {
      if (project?.folder === folder) return;
      folder = project?.folder;
      events.put('all', snapshot());
    }),
    engine.onRunChanged((run) => events.put(run.id, { type: 'changed', runs: [run] })),
    engine.onRunProgress((id, progress) => events.put(`progress of ${id}`, { type: 'progress', id, progress })),
  ];
  try {
    yield snapshot();
    for (let news = await events.takeAll(signal); news !== null; news = await events.takeAll(signal)) {
      yield* joined(news);
    }
  } finally {
    for (const leave of unsubscribe) leave();
  }
}

/** Neighbours that tell of changed runs become one. */
function joined(events: readonly RunEvent[]): RunEvent[] {
  const together: RunEvent[] = [];
  for (const event of events) {
    const last = together.at(-1);
    if (event.type === 'changed' && last?.type === 'changed') last.runs.push(...event.runs);
    else together.push(event);
  }
  return together;
}

/** Epochs that were told stay told: of a run that has more, or that went back to a checkpoint, only what differs. */
async function* watchEpochs(
  engine: Engine,
  ids: readonly string[],
  signal: AbortSignal | undefined,
): AsyncGenerator<RunEpochs> {
  const changed = new LatestByKey<string, string>();
  const unsubscribe = engine.onRunChanged(({ id }) => {
    if (ids.includes(id)) changed.put(id, id);
  });
  const told = new Map<string, readonly string[]>();
  const news = (id: string): RunEpochs | null => {
    const { epochs } = runOrThrow(engine, id);
    const before = told.get(id);
    const now = epochs.map((epoch) => JSON.stringify(epoch));
    const same = now.findIndex((text, i) => text !== before?.[i]);
    const kept = same < 0 ? now.length : same;
    told.set(id, now);
    if (before !== undefined && kept === before.length && kept === now.length) return null;
    return { id, after: kept === 0 ? 0 : epochs[kept - 1]!.epoch, epochs: epochs.slice(kept) };
  };
  try {
    for (const id of ids) yield news(id)!;
    for (let id = await changed.take(signal); id !== null; id = await changed.take(signal)) {
      const more = news(id);
      if (more !== null) yield more;
    }
  } finally {
    unsubscribe();
  }
}
