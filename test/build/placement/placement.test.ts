import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type AuditedGraph, auditedGraphs } from '../../../build/placement/graphs.ts';
import { installedPlace, type Place, parsePlacement, placementOf } from '../../../build/placement/placement.ts';
import { standInPlace } from '../../../build/placement/stand-in.ts';
import { CUDA_PROVIDER, runtimePackage } from '../../../main/devices/provider-files.ts';
import { suiteFolder } from '../../kit/folders.ts';
import { softwareVulkan } from '../../kit/software-vulkan.ts';

const line = (text: string) =>
  `2026-01-01 [V:onnxruntime:, session_state.cc:1384 VerifyEachNodeIsAssignedToAnEp] ${text}`;

describe('the log of a session', () => {
  test('tells operations apart by who runs them, and counts copies', () => {
    const log = [
      '[I:onnxruntime:, transformer_memcpy.cc:393 AddCopyNode] Add MemcpyToHost before Gemm_51 for WebGpu',
      line(' Node(s) placed on [CPUExecutionProvider]. Number of nodes: 2'),
      line('  LogSoftmax (LogSoftmax_55)'),
      line('  Reshape (Reshape_122)'),
      line(' Node(s) placed on [WebGpuExecutionProvider]. Number of nodes: 1'),
      line('  Conv (Conv_1)'),
    ].join('\n');

    expect(parsePlacement(log)).toEqual({
      counts: { CPUExecutionProvider: 2, WebGpuExecutionProvider: 1 },
      onCpu: { LogSoftmax: 1, Reshape: 1 },
      copies: 1,
    });
  });

  test('without a word of placement is an error that shows its end', () => {
    expect(() => parsePlacement('libcudart.so.13: cannot open')).toThrow('libcudart.so.13: cannot open');
  });
});

/** The CUDA provider's folder; it is too large to be part of this repository. */
const providerFolder = [process.env['LIGHTBENCH_CUDA_PROVIDER'], runtimePackage().providerFolder].find(
  (folder): folder is string => typeof folder === 'string' && existsSync(join(folder, CUDA_PROVIDER)),
);
const hasCompiler = spawnSync('cc', ['--version']).status === 0;

/** One model of each kind: the others are the same with more layers. */
const CLASSIFIERS = ['mobilenetv2', 'resnet18'];
const DETECTORS = ['yolox_nano', 'retinanet_resnet50_fpn', 'maskrcnn_resnet18_fpn'];

async function expectAllOnDevice(graphs: Iterable<AuditedGraph>, place: Place) {
  for (const { name, bytes } of graphs) {
    const { onCpu, copies, counts } = await placementOf(bytes, place);
    expect({ name, onCpu, copies }).toEqual({ name, onCpu: {}, copies: 0 });
    expect(Object.keys(counts)).toHaveLength(1);
  }
}

const webgpuPlace = () => installedPlace('webgpu', { ...process.env, ...softwareVulkan });

test.skipIf(softwareVulkan === null).each(CLASSIFIERS)('WebGPU runs every operation of %s', async (model) => {
  await expectAllOnDevice(auditedGraphs(model, 'webgpu'), webgpuPlace());
});

test.skipIf(softwareVulkan === null)("WebGPU runs every operation of a one-stage detector's step", async () => {
  const { value: step } = auditedGraphs('yolox_nano', 'webgpu').next();

  await expectAllOnDevice([step!], webgpuPlace());
});

test('a detector has graphs to audit, a network from nothing among them', () => {
  const graphs = auditedGraphs('maskrcnn_resnet18_fpn', 'webgpu');

  expect([graphs.next().value?.name, graphs.next().value?.name]).toEqual(['step, SGD', 'step, SGD, from nothing']);
});

describe.skipIf(providerFolder === undefined || !hasCompiler)('CUDA runs every operation, inside a Loop too,', () => {
  const folder = suiteFolder();
  let place: Place;
  beforeAll(() => {
    place = standInPlace(folder, providerFolder!);
  });

  test.each([...CLASSIFIERS, ...DETECTORS])('of %s', { timeout: 120_000 }, async (model) => {
    await expectAllOnDevice(auditedGraphs(model, 'cuda'), place);
  });
});
