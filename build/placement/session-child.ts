/** Makes one session and lets the runtime tell on standard error where it put every operation. */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [runtimeFolder, modelFile, provider] = process.argv.slice(2) as [string, string, string];
const ort = createRequire(runtimeFolder)('onnxruntime-node') as typeof import('onnxruntime-node');
const EVERYTHING = 0;

await ort.InferenceSession.create(readFileSync(modelFile), {
  executionProviders: [provider],
  graphOptimizationLevel: 'all',
  enableMemPattern: false,
  logSeverityLevel: EVERYTHING,
  extra: { optimization: { constant_folding_max_output_size_in_bytes: String(1 << 20) } },
});
process.stdout.write('made\n');
