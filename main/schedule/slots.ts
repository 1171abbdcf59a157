/** Where trials may run at a time: parts of the CPU, and one trial a graphics card. */

import { type Device, familyOf } from '../devices/device.ts';

export interface Slot {
  readonly device: Device;
  readonly threads: number;
}

const CORES_PER_TRIAL = 4; // beyond it a training step gains little, where nobody says how many trials to run at a time

/**
 * `concurrent`: how many trials may run at once; null for as many as the machine has room for. Cores are shared out among
 * the trials on the CPU.
 */
export function slotsOf(devices: readonly Device[], cores: number, concurrent: number | null): Slot[] {
  const cards = devices.filter((device) => familyOf(device) !== 'cpu').map((device) => ({ device, threads: cores }));
  const room = concurrent === null ? Math.max(1, Math.floor(cores / CORES_PER_TRIAL)) : Math.min(concurrent, cores);
  const count = devices.includes('cpu') ? Math.max(0, concurrent === null ? room : room - cards.length) : 0;
  const threads = Math.max(1, Math.floor(cores / Math.max(1, count)));
  const onCpu = Array.from({ length: count }, (): Slot => ({ device: 'cpu', threads }));
  return [...cards, ...onCpu].slice(0, concurrent ?? undefined);
}
