/** `lightbench score` with a bundle whose model finds objects. */

import { refuseExplaining, refuseThresholds } from '../bundle/any-bundle.ts';
import type { ObjectBundle } from '../bundle/object-description.ts';
import type { UnreadImage } from '../bundle/score-bundle.ts';
import { type FoundInImage, scoreObjects } from '../bundle/score-objects.ts';
import type { CliContext } from './context.ts';
import { decimal, unreadText } from './format.ts';
import { type DrawnReply, FoundPictures } from './found-pictures.ts';
import { EXIT } from './output.ts';
import { parseSettings } from './train.ts';

export interface FindOptions {
  readonly set: readonly string[];
  readonly threshold: readonly string[];
  readonly explain?: string;
  /** A folder for pictures of what was found. */
  readonly draw?: string;
}

/** Returns the exit status: a failure when any image could not be read. Errors: bad-argument; those of `scoreObjects`. */
export async function findCommand(
  { output, threads }: CliContext,
  bundle: string,
  description: ObjectBundle,
  images: readonly string[],
  { set, threshold, explain, draw }: FindOptions,
): Promise<number> {
  if (explain !== undefined) refuseExplaining();
  refuseThresholds(threshold);
  const replies = await scoreObjects(bundle, description, images, { threads, settings: parseSettings(set) });
  if (draw === undefined) output.result(replies, replies.map(foundText).join('\n'));
  else {
    const pictures = new FoundPictures(draw, description.labels);
    const drawn: (DrawnReply | UnreadImage)[] = [];
    for (const reply of replies) drawn.push(await pictures.write(reply));
    output.result(drawn, drawn.map(drawnText).join('\n'));
  }
  return replies.some((reply) => 'error' in reply) ? EXIT.failure : EXIT.done;
}

const drawnText = (reply: DrawnReply | UnreadImage): string =>
  'picture' in reply ? `${foundText(reply)}\n  ${reply.picture}` : foundText(reply);

function foundText(reply: FoundInImage | UnreadImage): string {
  if ('error' in reply) return unreadText(reply);
  if (reply.boxes.length === 0) return `${reply.filename}: nothing found`;
  const counts = Object.entries(Object.groupBy(reply.boxes, ({ label }) => label)).map(([label, found]) => {
    return `${found!.length} ${label} (best ${decimal(found![0]!.score, 3)})`;
  });
  return `${reply.filename}: ${counts.join(', ')}`;
}
