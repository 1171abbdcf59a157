/** What the page of models from elsewhere asks, asked of the engine. */

import { NO_FILTER } from '../../../preload/contract/data.ts';
import type { ModelApi } from '../../models/model-api.ts';
import { dataSourceOf } from './data-source.ts';
import type { LiveEngine } from './live-engine.ts';

export function modelApiOf(live: LiveEngine): ModelApi {
  const { find } = dataSourceOf(live);
  return {
    watch: (signal) => live.ask((client) => client.models.watch(undefined, { signal: live.whileConnected(signal) })),
    folders: (folder) => live.ask((client) => client.projects.folders({ folder })),
    images: () => find({ filter: NO_FILTER, sort: { by: 'added', descending: false } }),
    survey: (source) => live.ask((client) => client.models.survey(source)),
    tryOut: (request) => live.ask((client) => client.models.tryOut(request)),
    add: (model) => live.ask((client) => client.models.add(model)),
    remove: (id) => live.ask((client) => client.models.remove({ id })),
  };
}
