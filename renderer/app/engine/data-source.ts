/** What the pages about images ask, asked of the engine. */

import type { DataSource } from '../../data/views/data-source.ts';
import type { LiveEngine } from './live-engine.ts';

export function dataSourceOf(live: LiveEngine): DataSource {
  return {
    watch: (signal) => live.ask((client) => client.data.watch(undefined, { signal: live.whileConnected(signal) })),
    facts: () => live.ask((client) => client.data.facts()),
    find: (query) => live.ask(async (client) => numbersOf((await client.data.find(query)).ids)),
    cards: (ids) => live.ask((client) => client.data.cards({ ids: [...ids] })),
    edit: (edit) => live.ask(async (client) => (await client.data.edit(edit)).title),
    undo: () => live.ask(async (client) => (await client.data.undo()).turned),
    redo: () => live.ask(async (client) => (await client.data.redo()).turned),
    predict: (request, signal) => live.ask((client) => client.labelling.predict(request, { signal })),
    lookAlikes: (signal) => live.ask((client) => client.data.lookAlikes(undefined, { signal })),
  };
}

/** Little-endian 32-bit numbers in base64. */
function numbersOf(base64: string): Uint32Array {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return new Uint32Array(bytes.buffer);
}
