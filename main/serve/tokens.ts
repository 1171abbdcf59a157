/** Secrets are compared by their digests, in a time that says nothing of where they differ. */

import { createHash, timingSafeEqual } from 'node:crypto';

export const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** Takes the same time wherever two texts of one length differ. */
export function equal(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
