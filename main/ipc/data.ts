/** Handlers of the calls about images. */

import type { DataState } from '../../preload/contract/data.ts';
import type { Engine } from './engine.ts';
import { type LogBug, toldTo } from './replies.ts';
import type { Handled } from './router.ts';
import { states } from './states.ts';

/** `os` is the part of the contract that the handlers are for. */
export function dataHandlers(os: Handled['data'], engine: Engine, logBug: LogBug) {
  return {
    facts: os.facts.handler(() => engine.data().facts()),
    find: os.find.handler(({ input }) => {
      const ids = engine.data().find(input);
      return { count: ids.length, ids: Buffer.from(ids.buffer, ids.byteOffset, ids.byteLength).toString('base64') };
    }),
    cards: os.cards.handler(({ input }) => engine.data().cards(input.ids)),
    edit: os.edit.handler(({ input }) => engine.data().edit(input)),
    undo: os.undo.handler(async () => ({ turned: await engine.data().undo() })),
    redo: os.redo.handler(async () => ({ turned: await engine.data().redo() })),
    undoEdit: os.undoEdit.handler(async ({ input }) => ({ turned: await engine.data().undoEdit(input.id) })),
    watch: os.watch.handler(({ signal }) => toldTo(watchData(engine, signal), logBug)),
    lookAlikes: os.lookAlikes.handler(({ signal }) => toldTo(engine.data().lookAlikes(signal), logBug)),
  };
}

function watchData(engine: Engine, signal: AbortSignal | undefined): AsyncGenerator<DataState> {
  return states(
    () => engine.data().state(),
    (tell) => engine.onDataChanged((state) => tell(() => state)),
    signal,
  );
}
