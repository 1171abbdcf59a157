/** Our side of the data benchmark: one epoch of augmented batches for every line `go`, answered by one JSON line. */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { BatchFeed } from '../../main/images/feed.ts';

const { values } = parseArgs({
  options: {
    folder: { type: 'string' },
    count: { type: 'string' },
    side: { type: 'string' },
    batch: { type: 'string' },
    workers: { type: 'string' },
    'cache-mb': { type: 'string' },
  },
});
const paths = readdirSync(values.folder!, { recursive: true })
  .map(String)
  .filter((file) => /\.jpg$/i.test(file))
  .sort()
  .slice(0, Number(values.count));

const feed = new BatchFeed({
  samples: paths.map((path, id) => ({ id, path: join(values.folder!, path) })),
  transform: { kind: 'train', cropSize: Number(values.side), seed: 0 },
  batchSize: Number(values.batch),
  workers: Number(values.workers),
  cacheBytes: Number(values['cache-mb']) * 1024 * 1024,
});
const order = Int32Array.from({ length: paths.length }, (_, i) => i);
let epoch = 0;

for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() !== 'go') break;
  const [wall, cpu] = [performance.now(), process.cpuUsage()];
  let images = 0;
  for await (const batch of feed.batches(order, ++epoch)) images += batch.count;
  if (images !== paths.length) throw new Error(`got ${images} images of ${paths.length}`);
  const used = process.cpuUsage(cpu);
  const row = {
    wall_ms: performance.now() - wall,
    cpu_ms: (used.user + used.system) / 1000,
    peak_mb: process.resourceUsage().maxRSS / 1024,
  };
  process.stdout.write(`${JSON.stringify(row)}\n`);
}
await feed.close();
