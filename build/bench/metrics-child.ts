/** Our side of the metrics benchmark: a whole report for every line `go`, answered by one JSON line. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { reportClassification, reportMultilabel } from '../../main/metrics/report.ts';
import { rngFrom } from '../../native-models/core/rng.ts';

const { values } = parseArgs({
  options: {
    folder: { type: 'string' },
    rows: { type: 'string' },
    classes: { type: 'string' },
    task: { type: 'string' },
    resamples: { type: 'string' },
  },
});
const [rows, classes, resamples] = [values.rows, values.classes, values.resamples].map(Number) as [
  number,
  number,
  number,
];
const scores = new Float32Array(Uint8Array.from(readFileSync(join(values.folder!, 'scores.f32'))).buffer);
const sets = Uint8Array.from(readFileSync(join(values.folder!, 'truth.u8')));
const truth = Int32Array.from({ length: rows }, (_, row) =>
  sets.subarray(row * classes, (row + 1) * classes).indexOf(1),
);

for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() !== 'go') break;
  const options = { resamples, draws: rngFrom(0, 'bootstrap') };
  const [wall, cpu] = [performance.now(), process.cpuUsage()];
  const { evaluation } =
    values.task === 'one'
      ? reportClassification({ scores, truth, classes }, options)
      : reportMultilabel({ scores, truth: sets, classes }, options);
  const [wallMs, used] = [performance.now() - wall, process.cpuUsage(cpu)];
  const row = {
    wall_ms: wallMs,
    cpu_ms: (used.user + used.system) / 1000,
    peak_mb: process.resourceUsage().maxRSS / 1024,
    metrics: evaluation.metrics,
  };
  process.stdout.write(`${JSON.stringify(row)}\n`);
}
