import { expect, test } from 'vitest';
import type { Device } from '../../../main/devices/device.ts';
import { explainDeviceFailure } from '../../../main/devices/explain.ts';

test.each<[Device, string, string, RegExp]>([
  [
    'cuda:0',
    'Failed to load library libonnxruntime_providers_cuda.so with error: libcublasLt.so.13: cannot open shared object file: No such file',
    'device-unavailable',
    /^cuda:0: the shared library libcublasLt\.so\.13 is missing; "lightbench doctor"/,
  ],
  ['cuda:0', 'Conv requires cuDNN, which could not be loaded', 'device-unavailable', /cuDNN 9 is missing/],
  ['cuda:0', 'CUDA failure 35: CUDA driver version is insufficient for', 'device-unavailable', /driver is too old/],
  ['cuda:0', 'CUDA failure 209: no kernel image is available', 'device-unavailable', /generation/],
  [
    'cuda:7',
    'CUDA failure 101: invalid device ordinal',
    'device-unavailable',
    /^cuda:7: there is no card of this number/,
  ],
  ['cuda:0', 'BFCArena::AllocateRawInternal Failed to allocate memory', 'out-of-memory', /training_batch_size/],
  ['cuda:0', 'CUDNN failure 5003: CUDNN_STATUS_EXECUTION_FAILED', 'device-unavailable', /the card failed/],
  ['webgpu', "Warning: Couldn't load Vulkan: libvulkan.so.1", 'device-unavailable', /libvulkan1/],
  ['webgpu', 'Failed to get a WebGPU adapter: No supported adapters', 'device-unavailable', /graphics driver/],
  ['webgpu', 'Device was lost: reset', 'device-unavailable', /stopped answering/],
])('on %s, "%s" is %s', (device, text, code, message) => {
  expect(explainDeviceFailure(device, text)).toMatchObject({ code, message: expect.stringMatching(message) });
});

test("the device's own last words are kept behind the explanation", () => {
  const explained = explainDeviceFailure('cuda:0', 'noise\nCUDA failure 719: unspecified launch failure');

  expect(explained?.message).toBe('cuda:0: the card failed\nnoise\nCUDA failure 719: unspecified launch failure');
});

test('what is no failure of a device is not made one', () => {
  expect(explainDeviceFailure('cuda:0', 'bug: training: no value for "fc.weight"')).toBeNull();
  expect(explainDeviceFailure('cpu', 'CUDA failure 2')).toBeNull();
});
