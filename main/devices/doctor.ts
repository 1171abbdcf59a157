/** Every device of this machine: what it stands on, looked up by name, then a small training run in a child process. */

import { join } from 'node:path';
import { messageOf } from '../../preload/contract/errors.ts';
import { runInChild } from '../train/host.ts';
import type { FromChild } from '../train/protocol.ts';
import { checkCuda } from './check-cuda.ts';
import { checkWebgpu, MANIFEST_FOLDERS } from './check-webgpu.ts';
import { type Device, familyOf } from './device.ts';
import type { Finding } from './finding.ts';
import { systemLoaderPath } from './loader-path.ts';
import { runtimePackage } from './provider-files.ts';

export interface DeviceReport {
  readonly device: Device;
  readonly works: boolean;
  readonly findings: readonly Finding[];
}

/** Runs a probe on a device; gives what it has noted, rejects with why it failed. */
export type Probe = (device: Device, signal: AbortSignal) => Promise<readonly string[]>;

const probeInChild: Probe = async (device, signal) => {
  const notes: string[] = [];
  const onMessage = (message: FromChild) => {
    if (message.type === 'note') notes.push(message.text);
  };
  await runInChild({ kind: 'probe', device }, { signal, onMessage });
  return notes;
};

/** The first start on a new card may compile kernels for it, which takes a minute. */
const LIMIT_MS: Readonly<Record<ReturnType<typeof familyOf>, number>> = { cpu: 30_000, cuda: 180_000, webgpu: 60_000 };

/** What stands under the device, then the run. Nothing here can fail or hang: that is a finding. */
export async function examineDevice(
  device: Device,
  probe: Probe = probeInChild,
  limitMs: number = LIMIT_MS[familyOf(device)],
): Promise<DeviceReport> {
  const findings = partsOf(device);
  // A provider that is not installed cannot be tried; anything else is, since the run is what counts.
  const hasProvider = findings.every(({ name, ok }) => ok || name !== 'cuda provider');
  const run = hasProvider ? [await tried(device, probe, limitMs)] : [];
  return { device, works: run.length > 0 && run.every(({ ok }) => ok), findings: [...findings, ...run] };
}

/** What a device stands on, looked up and not tried. */
export function partsOf(device: Device): Finding[] {
  const runtime = runtimePackage();
  const loader = systemLoaderPath(process.env);
  switch (familyOf(device)) {
    case 'cpu':
      return [];
    case 'cuda':
      return checkCuda({ runtime, loader, driverFolder: '/proc/driver/nvidia' });
    case 'webgpu': {
      const asker = join(runtime.providerFolder ?? '', 'libonnxruntime.so.1');
      const { platform, env: environment } = process;
      return checkWebgpu({ platform, asker, loader, environment, manifestFolders: MANIFEST_FOLDERS });
    }
  }
}

async function tried(device: Device, probe: Probe, limitMs: number): Promise<Finding> {
  const name = `train on ${device}`;
  const limit = AbortSignal.timeout(limitMs);
  try {
    const notes = await probe(device, limit);
    return { name, ok: true, found: ['training steps gave the right numbers', ...notes].join('; ') };
  } catch (error) {
    if (limit.aborted) return { name, ok: false, found: `did not answer within ${limitMs / 1000} s and was stopped` };
    return { name, ok: false, found: messageOf(error) };
  }
}
