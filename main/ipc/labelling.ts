/** Handlers of the calls about what is drawn on images. */

import type { ImageEvent } from '../../preload/contract/labelling.ts';
import type { Engine } from './engine.ts';
import { LatestByKey } from './latest.ts';
import { type LogBug, toldTo } from './replies.ts';
import type { Handled } from './router.ts';

/** `os` is the part of the contract that the handlers are for. */
export function labellingHandlers(os: Handled['labelling'], engine: Engine, logBug: LogBug) {
  return {
    apply: os.apply.handler(({ input }) => engine.labelling().apply(input)),
    undo: os.undo.handler(({ input }) => engine.labelling().undo(input.image_id)),
    redo: os.redo.handler(({ input }) => engine.labelling().redo(input.image_id)),
    history: os.history.handler(({ input }) => [...engine.labelling().history(input.image_id)]),
    neighbours: os.neighbours.handler(({ input }) => engine.labelling().neighbours(input.image_id)),
    sequence: os.sequence.handler(({ input }) => engine.labelling().sequence(input.image_id)),
    beginTrack: os.beginTrack.handler(async ({ input }) => ({
      id: await engine.labelling().beginTrack(input.image_id),
    })),
    picture: os.picture.handler(({ input }) => engine.labelling().picture(input.image_id)),
    predict: os.predict.handler(({ input, signal }) => toldTo(engine.labelling().predict(input, signal), logBug)),
    nextDisagreement: os.nextDisagreement.handler(({ input }) => engine.labelling().nextDisagreement(input.image_id)),
    spend: os.spend.handler(async ({ input }) => ({
      labelling_ms: await engine.labelling().spend(input.image_id, input.spent_ms),
    })),
    first: os.first.handler(() => engine.labelling().first()),
    watch: os.watch.handler(({ input, signal }) => toldTo(watchImage(engine, input.image_id, signal), logBug)),
  };
}

const sequenceOf = (event: ImageEvent): number =>
  event.type === 'change' ? event.change.sequence : event.document.sequence;

/** Listens before it reads the document, so a change between the two is told, not lost; no change replaces another. */
async function* watchImage(engine: Engine, image: number, signal: AbortSignal | undefined): AsyncGenerator<ImageEvent> {
  const labelling = engine.labelling();
  const changes = new LatestByKey<number, ImageEvent>();
  const unsubscribe = labelling.onChanged(image, (event) => changes.put(sequenceOf(event), event));
  try {
    yield { type: 'document', document: labelling.document(image) };
    for (let event = await changes.take(signal); event !== null; event = await changes.take(signal)) yield event;
  } finally {
    unsubscribe();
  }
}
