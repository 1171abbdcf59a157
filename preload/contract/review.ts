/** How far an image is: labelled, and looked at by somebody afterwards. */

import { z } from 'zod';

const LONGEST_NOTE = 500;

export const ReviewState = z.enum(['to-do', 'done', 'accepted', 'rejected']);
export type ReviewState = z.infer<typeof ReviewState>;

/** `note`: why it was rejected, or what else is to be said; empty where there is nothing. */
export const Review = z.object({ state: ReviewState, note: z.string().trim().max(LONGEST_NOTE) });
export type Review = z.infer<typeof Review>;
