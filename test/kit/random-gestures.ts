/** Labelling by a hand that does anything: the same seed does the same to the same image. */

import { systemClock } from '../../main/clock.ts';
import { ImageLabelling } from '../../main/label/image-labelling.ts';
import { NO_FLAGS } from '../../main/store/annotations.ts';
import { openProject } from '../../main/store/project.ts';
import { SharedWriter } from '../../main/store/shared-writer.ts';
import { rngFrom } from '../../native-models/core/rng.ts';
import type { Change } from '../../preload/contract/labelling.ts';

export const IMAGE = 1;

/** After each gesture, once the engine has taken it, what is drawn on the image. */
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
  try {
    for (;;) {
      const choice = rng.uniform();
      const [x, y] = [rng.uniform() * 50, rng.uniform() * 50];
      const shape = { kind: 'box', xyxy: [x, y, x + 5, y + 9] } as const;
      const one = drawn()[Math.floor(rng.uniform() * drawn().length)];
      if (choice < 0.15) await labelling.undo(IMAGE);
      else if (choice < 0.25) await labelling.redo(IMAGE);
      else {
        const add: Change = { type: 'add', annotation: { ...NO_FLAGS, class_name: 'cell', shape } };
        const changes: Change[] = [add, add];
        if (one !== undefined && choice < 0.6) changes.push({ type: 'replace', before: one, after: { ...one, shape } });
        else if (one !== undefined && choice < 0.9) changes.push({ type: 'remove', before: one });
        await labelling.apply({ image_id: IMAGE, name: 'draw', changes });
      }
      yield JSON.stringify(drawn());
    }
  } finally {
    project.close();
  }
}
