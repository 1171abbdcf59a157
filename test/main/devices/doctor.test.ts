import { expect, test } from 'vitest';
import { examineDevice } from '../../../main/devices/doctor.ts';
import { AppError } from '../../../preload/contract/errors.ts';
import { softwareVulkan } from '../../kit/software-vulkan.ts';

test('the CPU trains here', async () => {
  expect(await examineDevice('cpu')).toEqual({
    device: 'cpu',
    works: true,
    findings: [
      {
        name: 'train on cpu',
        ok: true,
        found: expect.stringMatching(/^training steps gave the right numbers; (maps in blocks|plain operators)/),
      },
    ],
  });
});

test('a probe that dies is a finding, with how it died', async () => {
  const died = () =>
    Promise.reject(new AppError('training-process-died', 'the training process died (signal SIGSEGV)'));

  expect(await examineDevice('cpu', died)).toEqual({
    device: 'cpu',
    works: false,
    findings: [{ name: 'train on cpu', ok: false, found: 'the training process died (signal SIGSEGV)' }],
  });
});

test('a probe that hangs is stopped, and that is the finding', async () => {
  const hangs = (_: unknown, signal: AbortSignal) =>
    new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('stopped')));
    });

  const { works, findings } = await examineDevice('cpu', hangs, 20);

  expect(works).toBe(false);
  expect(findings[0]!.found).toBe('did not answer within 0.02 s and was stopped');
});

test.skipIf(softwareVulkan === null)('webgpu trains on a software Vulkan driver', async () => {
  Object.assign(process.env, softwareVulkan);

  const { works, findings } = await examineDevice('webgpu');

  expect(findings.filter(({ ok }) => !ok)).toEqual([]);
  expect(works).toBe(true);
});
