/** Handlers of the calls about models from elsewhere. */

import type { ModelShelf } from '../../preload/contract/imported-models.ts';
import type { Engine } from './engine.ts';
import { type LogBug, toldTo } from './replies.ts';
import type { Handled } from './router.ts';
import { states } from './states.ts';

/** `os` is the part of the contract that the handlers are for. */
export function modelHandlers(os: Handled['models'], engine: Engine, logBug: LogBug) {
  return {
    watch: os.watch.handler(({ signal }) => toldTo(watchModels(engine, signal), logBug)),
    survey: os.survey.handler(({ input, signal }) => engine.models().survey(input, signal)),
    tryOut: os.tryOut.handler(({ input, signal }) => engine.models().tryOut(input, signal)),
    add: os.add.handler(({ input }) => engine.models().add(input)),
    click: os.click.handler(async ({ input, signal }) => {
      const mask = await engine.models().click(input, signal);
      return { mask: mask === null ? null : { ...mask } };
    }),
    prepare: os.prepare.handler(async ({ input, signal }) => {
      await engine.models().prepare(input.model_id, input.image_id, signal);
      return null;
    }),
    remove: os.remove.handler(async ({ input }) => {
      await engine.models().remove(input.id);
      return null;
    }),
  };
}

async function* watchModels(engine: Engine, signal: AbortSignal | undefined): AsyncGenerator<ModelShelf> {
  const models = engine.models();
  const look = () => models.list();
  yield* states(look, (tell) => models.onChanged(() => tell(look)), signal);
}
