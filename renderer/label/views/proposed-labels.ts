/** What a model's answer makes of an image as a whole. */

import type { Task } from '../../../preload/contract/tasks.ts';
import type { LabelSession } from '../session.ts';

/** The most probable class; where an image may have several, those that the model is sure enough of. */
export function proposedLabels(session: LabelSession, task: Task): readonly string[] {
  const { document, threshold } = session.getState();
  const { labels, proposals } = document.told;
  const classes = proposals?.classes ?? [];
  if (classes.length === 0) return labels;
  const sure = classes.filter(({ probability }, i) =>
    task === 'image-classification' ? i === 0 : probability >= threshold,
  );
  return sure.map(({ class_name }) => class_name);
}
