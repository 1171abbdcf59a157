/** What labelling asks, asked of the engine. */

import type { LabelApi } from '../../label/label-api.ts';
import type { LiveEngine } from './live-engine.ts';

export function labelApiOf(live: LiveEngine): LabelApi {
  return {
    watch: (image_id, signal) =>
      live.ask((client) => client.labelling.watch({ image_id }, { signal: live.whileConnected(signal) })),
    apply: (edit) => live.ask((client) => client.labelling.apply(edit)),
    undo: (image_id) => live.ask((client) => client.labelling.undo({ image_id })),
    redo: (image_id) => live.ask((client) => client.labelling.redo({ image_id })),
    history: (image_id) => live.ask((client) => client.labelling.history({ image_id })),
    picture: (image_id) => live.ask((client) => client.labelling.picture({ image_id })),
    sequence: (image_id) => live.ask((client) => client.labelling.sequence({ image_id })),
    beginTrack: async (image_id) => (await live.ask((client) => client.labelling.beginTrack({ image_id }))).id,
    fillTracks: (sequence_id, tracks) =>
      live.ask((client) =>
        client.data.edit({ kind: 'fill-tracks', sequence_id, track_ids: tracks === null ? null : [...tracks] }),
      ),
    undoEdit: async (id) => (await live.ask((client) => client.data.undoEdit({ id }))).turned,
    neighbours: (image_id) => live.ask((client) => client.labelling.neighbours({ image_id })),
    predict: (request, signal) => live.ask((client) => client.labelling.predict(request, { signal })),
    spend: async (image_id, spent_ms) =>
      (await live.ask((client) => client.labelling.spend({ image_id, spent_ms }))).labelling_ms,
    click: async (request, signal) => {
      const { mask } = await live.ask((client) => client.models.click(request, { signal }));
      return mask;
    },
    prepare: (model_id, image_id, signal) =>
      live.ask((client) => client.models.prepare({ model_id, image_id }, { signal })),
    nextDisagreement: (image_id) => live.ask((client) => client.labelling.nextDisagreement({ image_id })),
    first: () => live.ask((client) => client.labelling.first()),
  };
}
