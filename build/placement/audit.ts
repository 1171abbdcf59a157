/**
 * `npm run audit:placement [-- --provider FOLDER] [--models a,b]`: for every model's training and evaluation graphs,
 * how many operations CUDA and WebGPU run and what they leave to the CPU. CUDA needs its provider, installed or in
 * FOLDER, and no card: without a driver a stand-in answers for NVIDIA's libraries. WebGPU needs a Vulkan driver.
 */

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CUDA_PROVIDER, runtimePackage } from '../../main/devices/provider-files.ts';
import { findModel, MODELS } from '../../native-models/catalog.ts';
import { messageOf } from '../../preload/contract/errors.ts';
import { commandOptions } from '../command-options.ts';
import { auditedGraphs } from './graphs.ts';
import { installedPlace, type Place, placementOf } from './placement.ts';
import { standInPlace } from './stand-in.ts';

const values = commandOptions({ provider: { type: 'string' }, models: { type: 'string' } });
const NAMES = MODELS.map(({ name }) => name);
const models = values.models?.split(',') ?? NAMES;
const scratch = mkdtempSync(join(tmpdir(), 'lightbench-audit-'));
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

try {
  const unknown = models.filter((name) => findModel(name) === null);
  if (unknown.length > 0) throw new Error(`there is no model "${unknown[0]}"; there are ${NAMES.join(', ')}`);
  const places = [cudaPlace(), installedPlace('webgpu')].filter((place) => place !== null);
  say('| model | graph | provider | on the device | on the CPU | copies |');
  say('|---|---|---|---|---|---|');
  for (const place of places) for (const model of models) await audit(place, model);
} catch (error) {
  process.stderr.write(`audit:placement: ${messageOf(error)}\n`);
  process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function cudaPlace(): Place | null {
  const folder = values.provider ?? runtimePackage().providerFolder ?? '';
  if (!existsSync(join(folder, CUDA_PROVIDER))) {
    if (values.provider !== undefined) throw new Error(`--provider: ${CUDA_PROVIDER} is not in ${folder}`);
    say(
      `CUDA: skipped, ${CUDA_PROVIDER} is not in ${folder}; npm run setup:cuda installs it, --provider names another\n`,
    );
    return null;
  }
  const isInstalled = values.provider === undefined && existsSync('/proc/driver/nvidia/version');
  return isInstalled ? installedPlace('cuda') : standInPlace(scratch, folder);
}

async function audit(place: Place, model: string): Promise<void> {
  for (const { name, bytes } of auditedGraphs(model, place.provider)) {
    try {
      const { counts, onCpu, copies } = await placementOf(bytes, place);
      const device = Object.entries(counts).reduce((sum, [at, count]) => sum + (at.startsWith('CPU') ? 0 : count), 0);
      const left = Object.entries(onCpu).map(([type, count]) => `${count} ${type}`);
      say(`| ${model} | ${name} | ${place.provider} | ${device} | ${left.join(', ') || '0'} | ${copies} |`);
    } catch (error) {
      process.exitCode = 1;
      const reason = error instanceof Error ? error.message.trim().split('\n').at(-1) : String(error);
      say(`| ${model} | ${name} | ${place.provider} | failed: ${reason} | | |`);
    }
  }
}
