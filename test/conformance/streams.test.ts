/** Every stream of the contract ends in the engine when its reader goes, over every transport. */

import { getEventIteratorSchemaDetails } from '@orpc/contract';
import { afterEach, describe, expect, test } from 'vitest';
import { contract } from '../../preload/contract/contract.ts';
import type { EngineClient } from '../../renderer/app/engine/client.ts';
import { eventually } from '../kit/eventually.ts';
import { StreamingEngine } from '../kit/streaming-engine.ts';
import { type Connection, TRANSPORTS } from '../kit/transports.ts';

interface Options {
  readonly signal: AbortSignal;
}
type Stream = AsyncIterator<unknown, unknown>;

const SOURCE = { path: '/data/set', format: 'auto', images_folder: null, frames: null } as const;
const IMPORT = { ...SOURCE, split: null, copy: true, expected: null, classes: [], splits: [] } as const;
const EXPORT = { format: 'coco', parent: '/data', name: 'out', split: null, with_images: true } as const;

const STREAMS: { readonly [name: string]: (client: EngineClient, options: Options) => Promise<Stream> } = {
  'models.watch': (client, options) => client.models.watch(undefined, options),
  'project.watch': (client, options) => client.project.watch(undefined, options),
  'labelling.predict': (client, options) => client.labelling.predict({ run_id: 'r0001', image_ids: [1] }, options),
  'labelling.watch': (client, options) => client.labelling.watch({ image_id: 1 }, options),
  'sweeps.watch': (client, options) => client.sweeps.watch({ id: 's0001' }, options),
  'runs.judge': (client, options) => client.runs.judge({ id: 'r0001', split: 'validation' }, options),
  'runs.watch': (client, options) => client.runs.watch(undefined, options),
  'runs.watchEpochs': (client, options) => client.runs.watchEpochs({ ids: ['r0001'] }, options),
  'data.watch': (client, options) => client.data.watch(undefined, options),
  'data.lookAlikes': (client, options) => client.data.lookAlikes(undefined, options),
  'transfers.survey': (client, options) => client.transfers.survey(SOURCE, options),
  'transfers.check': (client, options) => client.transfers.check(structuredClone(IMPORT) as never, options),
  'transfers.checkExport': (client, options) => client.transfers.checkExport(structuredClone(EXPORT) as never, options),
  'transfers.watch': (client, options) => client.transfers.watch(undefined, options),
  'projects.duplicate': (client, options) => client.projects.duplicate({ parent: '/data', name: 'copy' }, options),
  'projects.verify': (client, options) => client.projects.verify(undefined, options),
};

test('no stream of the contract is missing here', () => {
  const calls = Object.entries(contract).flatMap(([part, group]) =>
    Object.entries(group).map(([name, call]) => [`${part}.${name}`, call['~orpc'].outputSchema] as const),
  );
  const streams = calls.filter(([, schema]) => getEventIteratorSchemaDetails(schema) !== undefined);

  expect(Object.keys(STREAMS).sort()).toEqual(streams.map(([name]) => name).sort());
});

for (const [transport, connect] of Object.entries(TRANSPORTS)) {
  describe(`streams over ${transport}`, () => {
    let open: Connection | null = null;
    afterEach(async () => {
      await open?.close();
      expect(open?.bugs).toEqual([]);
    });

    async function following(name: string): Promise<{ engine: StreamingEngine; abort: AbortController }> {
      const engine = new StreamingEngine();
      open = await connect(engine);
      const abort = new AbortController();
      const stream = await STREAMS[name]!(open.client, { signal: abort.signal });
      void (async () => {
        while (!(await stream.next()).done);
      })().catch(() => {}); // a stream that is aborted, or whose connection drops, ends with an error of its own
      await eventually(() => expect(engine.atWork).toBeGreaterThan(0));
      return { engine, abort };
    }

    test.each(Object.keys(STREAMS))('%s ends when its reader aborts it', async (name) => {
      const { engine, abort } = await following(name);

      abort.abort();

      await eventually(() => expect(engine.atWork).toBe(0));
    });

    test.each(Object.keys(STREAMS))('%s ends when the connection drops', async (name) => {
      const { engine } = await following(name);

      open!.drop();

      await eventually(() => expect(engine.atWork).toBe(0));
    });
  });
}
