/** Our side of the benchmark of COCO's numbers: reads both files anew at every line `go`. */

import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { readCocoJudged } from '../../main/data/coco-judged.ts';
import { evaluateCoco } from '../../main/metrics/detection/coco.ts';
import { overlapOf } from '../../main/metrics/detection/overlap.ts';

const { values } = parseArgs({
  options: {
    truth: { type: 'string' },
    predictions: { type: 'string' },
    masks: { type: 'boolean', default: false },
  },
});

const cpuMs = (since: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
};

for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() !== 'go') break;
  const [wall, cpu] = [performance.now(), process.cpuUsage()];
  const { set } = await readCocoJudged(values.truth!, values.predictions!, { withMasks: values.masks });
  const begun = process.cpuUsage();
  const { numbers } = evaluateCoco(set, overlapOf(set, values.masks ? 'masks' : 'boxes'));
  const row = {
    wall_ms: performance.now() - wall,
    cpu_ms: cpuMs(cpu),
    evaluate_cpu_ms: cpuMs(begun),
    peak_mb: process.resourceUsage().maxRSS / 1024,
    metrics: numbers,
  };
  process.stdout.write(`${JSON.stringify(row)}\n`);
}
