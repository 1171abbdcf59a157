/** Calls and the stream about sweeps. */

import type { SweepEvent } from '../../preload/contract/sweep.ts';
import type { Engine } from './engine.ts';
import { LatestByKey } from './latest.ts';
import { type LogBug, toldTo } from './replies.ts';
import type { Handled } from './router.ts';

export function sweepHandlers(os: Handled['sweeps'], engine: Engine, logBug: LogBug) {
  const sweeps = () => engine.sweeps();
  return {
    list: os.list.handler(() => sweeps().list()),
    get: os.get.handler(({ input }) => sweeps().get(input.id)),
    watch: os.watch.handler(({ input, signal }) => toldTo(watchSweep(engine, input.id, signal), logBug)),
    draft: os.draft.handler(({ input }) => sweeps().draft(input)),
    start: os.start.handler(async ({ input }) => ({ id: await sweeps().start(input) })),
    resume: os.resume.handler(async ({ input }) => {
      await sweeps().resume(input.id);
      return null;
    }),
    ask: os.ask.handler(async ({ input }) => {
      await sweeps().ask(input.id, input.request);
      return null;
    }),
  };
}

/** Listens before it reads, so a change between the two is told, not lost; of a sweep only the trials that changed. */
async function* watchSweep(engine: Engine, id: string, signal: AbortSignal | undefined): AsyncGenerator<SweepEvent> {
  const changed = new LatestByKey<string, string>();
  const unsubscribe = engine.onSweepChanged((sweep) => {
    if (sweep === id) changed.put(id, id);
  });
  try {
    const look = engine.sweeps().follow(id);
    const first = look();
    let told = JSON.stringify(first.sweep.plan);
    yield { type: 'snapshot', ...first };
    for (let next = await changed.take(signal); next !== null; next = await changed.take(signal)) {
      const { sweep, trials } = look();
      const { plan, ...head } = sweep;
      const isOther = JSON.stringify(plan) !== told;
      told = JSON.stringify(plan);
      yield { type: 'changed', sweep: head, plan: isOther ? plan : null, trials };
    }
  } finally {
    unsubscribe();
  }
}
