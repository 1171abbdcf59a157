// Checks this bundle on this machine: both models must give the golden outputs for the golden inputs.
// Needs Node 20 or newer and onnxruntime-node (npm install onnxruntime-node). Run: node check.mjs

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const ort = await import('onnxruntime-node').catch((error) => {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  console.error(
    `onnxruntime-node is not installed here; run: cd "${here}" && npm install onnxruntime-node && node check.mjs`,
  );
  process.exit(1);
});
const bundle = JSON.parse(readFileSync(join(here, 'bundle.json'), 'utf8'));
const { golden, labels } = bundle;
const side = bundle.model_settings.valid_crop_size;

const bytes = (name) => {
  const content = readFileSync(join(here, name));
  const digest = createHash('sha256').update(content).digest('hex');
  if (digest !== bundle.sha256[name])
    throw new Error(`${name} is damaged: SHA-256 ${digest}, expected ${bundle.sha256[name]}`);
  return content;
};
const floats = (name) => new Float32Array(new Uint8Array(bytes(name)).buffer);

async function check(model, inputName, input, expected) {
  const session = await ort.InferenceSession.create(bytes(model));
  const [output] = Object.values(await session.run({ [inputName]: input }));
  const worst = output.data.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i])), 0);
  const isRight = output.data.length === expected.length && worst <= golden.tolerance;
  console.log(
    `${isRight ? 'ok  ' : 'FAIL'} ${model}: largest difference ${worst.toExponential(2)}, allowed ${golden.tolerance}`,
  );
  return isRight;
}

const results = [
  await check(
    bundle.files.model,
    'input1',
    new ort.Tensor('float32', floats(golden.input1), [golden.count, 3, side, side]),
    floats(golden.output1),
  ),
  await check(
    bundle.files.model_pixels,
    'pixels',
    new ort.Tensor('uint8', new Uint8Array(bytes(golden.pixels)), [golden.count, side, side, 3]),
    floats(golden.probabilities),
  ),
];
console.log(`${golden.count} golden images, ${labels.length} labels`);
process.exitCode = results.every(Boolean) ? 0 : 1;
