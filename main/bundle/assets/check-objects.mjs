// Checks this bundle on this machine: both models must give the golden outputs for the golden inputs.
// Needs Node 20 or newer and onnxruntime-node (npm install onnxruntime-node). Run: node check.mjs

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const here = dirname(fileURLToPath(import.meta.url));
const ort = await import('onnxruntime-node').catch((error) => {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  console.error(
    `onnxruntime-node is not installed here; run: cd "${here}" && npm install onnxruntime-node && node check.mjs`,
  );
  process.exit(1);
});
const bundle = JSON.parse(readFileSync(join(here, 'bundle.json'), 'utf8'));
const { golden, canvas } = bundle;
const ARRAYS = { float32: Float32Array, int32: Int32Array, uint8: Uint8Array };

const bytes = (name) => {
  const content = readFileSync(join(here, name));
  const digest = createHash('sha256').update(content).digest('hex');
  if (digest !== bundle.sha256[name])
    throw new Error(`${name} is damaged: SHA-256 ${digest}, expected ${bundle.sha256[name]}`);
  return content;
};
const isPacked = (name) => bundle.sha256[`golden/${name}.bin.gz`] !== undefined;
const content = (name) => (isPacked(name) ? gunzipSync(bytes(`golden/${name}.bin.gz`)) : bytes(`golden/${name}.bin`));
const array = (name) => new ARRAYS[golden.arrays[name]](new Uint8Array(content(name)).buffer);
const tensor = (name, shape) => new ort.Tensor(golden.arrays[name], array(name), shape);

async function check(model, inputs) {
  const session = await ort.InferenceSession.create(bytes(model));
  const results = await session.run(inputs);
  const differences = Object.entries(results).map(([name, { data }]) => {
    const expected = array(name);
    if (expected.length !== data.length) return Number.POSITIVE_INFINITY;
    let [worst, largest] = [0, 1];
    for (let i = 0; i < data.length; i++) {
      worst = Math.max(worst, Math.abs(data[i] - expected[i]));
      largest = Math.max(largest, Math.abs(expected[i]));
    }
    return worst / largest;
  });
  const worst = Math.max(...differences);
  const isRight = worst <= golden.tolerance;
  console.log(
    `${isRight ? 'ok  ' : 'FAIL'} ${model}: largest difference ${worst.toExponential(2)}, allowed ${golden.tolerance}`,
  );
  return isRight;
}

const shape = [1, 3, canvas.height, canvas.width];
const results = [
  await check(bundle.files.model, { input: tensor('input', shape) }),
  await check(bundle.files.model_pixels, {
    images: tensor('images', shape),
    image_sizes: tensor('image_sizes', [1, 2]),
  }),
];
console.log(`1 golden image, ${array('counts')[0]} objects found, ${bundle.labels.length} labels`);
process.exitCode = results.every(Boolean) ? 0 : 1;
