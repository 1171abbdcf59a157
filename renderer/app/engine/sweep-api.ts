/** What the pages about sweeps ask, asked of the engine. */

import type { SweepApi } from '../../sweeps/sweep-api.ts';
import type { LiveEngine } from './live-engine.ts';

export function sweepApiOf(live: LiveEngine): SweepApi {
  return {
    choices: () => live.ask((client) => client.runs.choices()),
    list: () => live.ask((client) => client.sweeps.list()),
    get: (id) => live.ask((client) => client.sweeps.get({ id })),
    watch: (id, signal) => live.ask((client) => client.sweeps.watch({ id }, { signal })),
    draft: (source) => live.ask((client) => client.sweeps.draft(source)),
    start: (request) => live.ask(async (client) => (await client.sweeps.start(request)).id),
    resume: (id) => live.ask((client) => client.sweeps.resume({ id })),
    ask: (id, request) => live.ask((client) => client.sweeps.ask({ id, request })),
  };
}
