/** Handlers of the calls about data sets that come in and go out. */

import type { TransferState } from '../../preload/contract/transfers.ts';
import type { Engine } from './engine.ts';
import { type LogBug, toldTo } from './replies.ts';
import type { Handled } from './router.ts';
import { states } from './states.ts';

/** `os` is the part of the contract that the handlers are for. */
export function transferHandlers(os: Handled['transfers'], engine: Engine, logBug: LogBug) {
  const desk = () => engine.transfers();
  const done = (work: () => void): null => {
    work();
    return null;
  };
  return {
    exportFormats: os.exportFormats.handler(() => desk().exportFormats()),
    survey: os.survey.handler(({ input, signal }) => toldTo(desk().survey(input, signal), logBug)),
    check: os.check.handler(({ input, signal }) => toldTo(desk().check(input, signal), logBug)),
    checkExport: os.checkExport.handler(({ input, signal }) => toldTo(desk().checkExport(input, signal), logBug)),
    startImport: os.startImport.handler(({ input }) => done(() => desk().startImport(input))),
    startExport: os.startExport.handler(({ input }) => done(() => desk().startExport(input))),
    stop: os.stop.handler(() => done(() => desk().stop())),
    forgetUnfinished: os.forgetUnfinished.handler(() => done(() => desk().forgetUnfinished())),
    watch: os.watch.handler(({ signal }) => toldTo(watchTransfers(engine, signal), logBug)),
  };
}

function watchTransfers(engine: Engine, signal: AbortSignal | undefined): AsyncGenerator<TransferState> {
  return states(
    () => engine.transfers().state(),
    (tell) => engine.onTransferChanged((state) => tell(() => state)),
    signal,
  );
}
