import type { ReactElement } from 'react';
import type { RunState } from '../../../preload/contract/run.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';

const TONES: { readonly [S in RunState]: Tone } = {
  queued: 'quiet',
  running: 'busy',
  completed: 'good',
  cancelled: 'warn',
  failed: 'bad',
};

/** A run's state in its own word. */
export function RunStateBadge({ state }: { state: RunState }): ReactElement {
  return <Badge tone={TONES[state]}>{state}</Badge>;
}
