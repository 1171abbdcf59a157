/** A state in one word. The dot repeats in colour what the word says, never instead of it. */

import type { ReactElement, ReactNode } from 'react';

export type Tone = 'good' | 'busy' | 'bad' | 'warn' | 'quiet';

export function Badge({ tone, children }: { tone: Tone; children: ReactNode }): ReactElement {
  return <span className={`badge badge-${tone}`}>{children}</span>;
}
