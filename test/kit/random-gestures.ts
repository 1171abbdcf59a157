/**
 * Labelling by a hand that does anything, with edits of many images in between: the same seed does the same to the same
 * image.
 */

import { systemClock } from '../../main/clock.ts';
import { editData } from '../../main/data/edit-data.ts';
import { ImageLabelling } from '../../main/label/image-labelling.ts';
import { redoEdit, undoEdit } from '../../main/store/edits.ts';
import { openProject, type WriteProject } from '../../main/store/project.ts';
import { SharedWriter } from '../../main/store/shared-writer.ts';
import { type Rng, rngFrom } from '../../native-models/core/rng.ts';
import { NO_FLAGS } from '../../preload/contract/annotation-flags.ts';
import type { DataEdit } from '../../preload/contract/data.ts';
import { AppError } from '../../preload/contract/errors.ts';
import type { Change, ImageDocument } from '../../preload/contract/labelling.ts';

export const IMAGE = 1;

/** What there is to lose of an image. */
export function keptOf({ annotations, labels, is_labelled, review }: ImageDocument): string {
  return JSON.stringify({ annotations, labels, is_labelled, review });
}

const MANY: readonly DataEdit[] = [
  { kind: 'class-merge', name: 'cell', into: 'nut' },
  { kind: 'class-rename', name: 'nut', to: 'bolt' },
  { kind: 'class-delete', name: 'bolt' },
  { kind: 'unlabel', ids: [IMAGE] },
  { kind: 'review', ids: [IMAGE], review: { state: 'accepted', note: '' } },
  { kind: 'split', ids: [IMAGE], split: 'test' },
];

/** An edit of many images, or one taken back or brought again; what does not suit the data of the moment does nothing. */
function editMany(project: WriteProject, rng: Rng): void {
  const choice = rng.uniform();
  const edit = MANY[Math.floor(rng.uniform() * MANY.length)]!;
  try {
    if (choice < 0.4) undoEdit(project.db);
    else if (choice < 0.5) redoEdit(project.db);
    else editData(project, edit);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
}

/** After each gesture, once the engine has taken it, what is there of the image. */
export async function* randomGestures(folder: string, seed: number): AsyncGenerator<string> {
  const identity = { clock: systemClock, owner: 'the Lightbench window' };
  const project = openProject(folder, { ...identity, access: 'read' });
  const writer = new SharedWriter(folder, identity);
  const openSeer = () => {
    throw new Error('no model is asked here');
  };
  const labelling = new ImageLabelling({ project, writer, clock: systemClock, openSeer, onEdited: () => {} });
  const rng = rngFrom(seed, 'gestures');
  const drawn = () => labelling.document(IMAGE).annotations;
  const conflicts = (error: unknown) => {
    if (!(error instanceof AppError && error.code === 'edit-conflict')) throw error;
  };
  try {
    for (;;) {
      const choice = rng.uniform();
      const [x, y] = [rng.uniform() * 50, rng.uniform() * 50];
      const shape = { kind: 'box', xyxy: [x, y, x + 5, y + 9] } as const;
      const one = drawn()[Math.floor(rng.uniform() * drawn().length)];
      if (choice < 0.15) await labelling.undo(IMAGE).catch(conflicts);
      else if (choice < 0.25) await labelling.redo(IMAGE).catch(conflicts);
      else if (choice < 0.35) await writer.use((project) => editMany(project, rng));
      else {
        const add: Change = { type: 'add', annotation: { ...NO_FLAGS, class_name: 'cell', shape } };
        const changes: Change[] = [add, add];
        if (one !== undefined && choice < 0.65)
          changes.push({ type: 'replace', before: one, after: { ...one, shape } });
        else if (one !== undefined && choice < 0.9) changes.push({ type: 'remove', before: one });
        await labelling.apply({ image_id: IMAGE, name: 'draw', changes });
      }
      yield keptOf(labelling.document(IMAGE));
    }
  } finally {
    project.close();
  }
}
