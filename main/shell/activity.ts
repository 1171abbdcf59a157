/** What goes on in an engine, and what closing the window would do to it. */

import type { Activity } from '../ipc/engine.ts';

/** In words, or null where nothing would end with the engine. */
export function activityWords({ runs, sweeps, transfers }: Activity): string | null {
  const parts = [
    ...(runs.length > 0 ? [`${runs.length === 1 ? 'Run' : 'Runs'} ${runs.join(', ')}`] : []),
    ...(sweeps.length > 0 ? [`${sweeps.length === 1 ? 'sweep' : 'sweeps'} ${sweeps.join(', ')}`] : []),
    ...transfers.map((what) => `an ${what}`),
  ];
  if (parts.length === 0) return null;
  const [first, ...rest] = parts;
  const goOn = parts.length === 1 && runs.length + sweeps.length + transfers.length === 1 ? 'is' : 'are';
  const sentence = [first!.charAt(0).toUpperCase() + first!.slice(1), ...rest].join(' and ');
  return `${sentence} ${goOn} under way.`;
}

export type CloseChoice = 'stop' | 'background' | 'stay';

/** The question when something is under way; the buttons stand in the order of `CHOICES`. */
export const CHOICES: readonly CloseChoice[] = ['stop', 'background', 'stay'];
export const CHOICE_WORDS: { readonly [C in CloseChoice]: string } = {
  stop: 'Stop and close',
  background: 'Go on in the background',
  stay: 'Stay',
};
export const CLOSE_DETAIL =
  'Runs, sweeps and imports that are stopped can be gone on with later. In the background they come to their end without ' +
  'a window, then Lightbench closes; starting it again brings the window back.';
