/** Where a model trains. Written `cpu`, `cuda:0`, `webgpu` wherever a person or a file names it. */

import { AppError } from '../../preload/contract/errors.ts';

export type Device = 'cpu' | 'webgpu' | `cuda:${number}`;

export const DEVICE_HELP = 'cpu, cuda:N (an NVIDIA card by number, cuda for the first) or webgpu';

/**
 * The device a person named.
 * Errors: bad-argument, which says what was given and what is accepted.
 */
export function parseDevice(text: string): Device {
  if (text === 'cpu' || text === 'webgpu') return text;
  if (text === 'cuda') return 'cuda:0';
  const card = /^cuda:(0|[1-9]\d{0,2})$/.exec(text);
  if (card !== null) return `cuda:${Number(card[1])}`;
  throw new AppError('bad-argument', `there is no device "${text}"; give ${DEVICE_HELP}`, {
    argument: 'device',
    got: text,
    expected: DEVICE_HELP,
  });
}

export type Family = 'cpu' | 'cuda' | 'webgpu';

/** The kind of device, for what does not depend on which card it is. */
export function familyOf(device: Device): Family {
  return device === 'cpu' || device === 'webgpu' ? device : 'cuda';
}

/** Number of the card of a `cuda:N`. */
export function cardOf(device: `cuda:${number}`): number {
  return Number(device.slice('cuda:'.length));
}
