import { expect, test } from 'vitest';
import { cardOf, familyOf, parseDevice } from '../../../main/devices/device.ts';
import { appErrorOf } from '../../kit/errors.ts';

test('cpu, webgpu and numbered cards are devices; cuda alone is the first card', () => {
  expect(['cpu', 'webgpu', 'cuda', 'cuda:0', 'cuda:12'].map(parseDevice)).toEqual([
    'cpu',
    'webgpu',
    'cuda:0',
    'cuda:0',
    'cuda:12',
  ]);
  expect([familyOf('cuda:3'), familyOf('webgpu'), familyOf('cpu')]).toEqual(['cuda', 'webgpu', 'cpu']);
  expect(cardOf('cuda:12')).toBe(12);
});

test.each(['gpu', 'cuda:', 'cuda:-1', 'cuda:01', 'cuda:1.5', 'CPU', ''])(
  'the device "%s" is refused with what was given and what is accepted',
  async (text) => {
    expect(await appErrorOf(() => parseDevice(text))).toMatchObject({
      code: 'bad-argument',
      message: expect.stringMatching(new RegExp(`"${text}".*cpu, cuda:N .* webgpu`)),
    });
  },
);
