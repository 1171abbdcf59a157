/** What a person points at for a model that answers clicks. Units: image pixels. */

import type { Xyxy } from '../../../native-models/geometry/box.ts';

export interface Prompt {
  /** In the order in which they were clicked; those that are not inside say what the object is not. */
  readonly points: readonly { readonly x: number; readonly y: number; readonly is_inside: boolean }[];
  readonly box: Xyxy | null;
}

export const NO_PROMPT: Prompt = { points: [], box: null };

/** Whether it says where the object is, and not only where it is not. */
export const pointsAtSomething = ({ points, box }: Prompt): boolean =>
  box !== null || points.some(({ is_inside }) => is_inside);

/** Without what was pointed at last. */
export const withoutLast = ({ points, box }: Prompt): Prompt =>
  points.length > 0 ? { points: points.slice(0, -1), box } : NO_PROMPT;
