/** The parts of the data, in words. */

import type { Split } from '../../preload/contract/tasks.ts';

const WORDS: { readonly [S in Split]: string } = { train: 'Train', validation: 'Validation', test: 'Test' };

/** Null for images that each run puts where its own seed says. */
export const splitWords = (split: Split | null): string => (split === null ? 'Split by each run' : WORDS[split]);
