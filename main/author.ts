/** Who does something, and when: what a history of edits says of each. */

import { userInfo } from 'node:os';
import type { Clock } from './clock.ts';

export interface Author {
  readonly made_by: string;
  readonly made_at_ms: number;
}

/** The person this process belongs to, now. */
export const authorNow = (clock: Clock): Author => ({ made_by: userInfo().username, made_at_ms: clock.nowMs() });
