import type { ReactElement } from 'react';
import type { SweepState, TrialState } from '../../../preload/contract/sweep.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';

const TRIAL_TONES: { readonly [S in TrialState]: Tone } = {
  queued: 'quiet',
  running: 'busy',
  completed: 'good',
  stopped: 'warn',
  cancelled: 'quiet',
  failed: 'bad',
};

const SWEEP_TONES: { readonly [S in SweepState]: Tone } = {
  queued: 'quiet',
  running: 'busy',
  paused: 'warn',
  interrupted: 'bad',
  stopped: 'quiet',
  completed: 'good',
};

export const TrialBadge = ({ state }: { state: TrialState }): ReactElement => (
  <Badge tone={TRIAL_TONES[state]}>{state}</Badge>
);
export const SweepBadge = ({ state }: { state: SweepState }): ReactElement => (
  <Badge tone={SWEEP_TONES[state]}>{state}</Badge>
);
