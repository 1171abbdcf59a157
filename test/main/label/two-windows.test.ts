/** Windows that edit one image at once, each from what it saw some time ago: no edit overwrites what it has not seen. */

import { expect, test } from 'vitest';
import { editData } from '../../../main/data/edit-data.ts';
import { ImageLabelling } from '../../../main/label/image-labelling.ts';
import { openProject } from '../../../main/store/project.ts';
import { SharedWriter } from '../../../main/store/shared-writer.ts';
import { rngFrom } from '../../../native-models/core/rng.ts';
import { NO_FLAGS } from '../../../preload/contract/annotation-flags.ts';
import { AppError } from '../../../preload/contract/errors.ts';
import type { Annotation, Change, ImageEvent } from '../../../preload/contract/labelling.ts';
import { LabelDocument } from '../../../renderer/label/doc/label-document.ts';
import { FakeClock } from '../../kit/clock.ts';
import { newProject } from '../../kit/projects.ts';
import { storeImage } from '../../kit/stored-images.ts';

const me = { clock: new FakeClock(), owner: 'lightbench test' };
const EDITS = 120;

function engine() {
  const made = newProject(undefined, 'image-object-detection');
  const image = storeImage(made.db, 'a');
  made.close();
  const project = openProject(made.folder, { ...me, access: 'read' });
  const writer = new SharedWriter(made.folder, me);
  const openSeer = () => {
    throw new Error('no model is asked here');
  };
  const labelling = new ImageLabelling({ project, writer, clock: me.clock, openSeer, onEdited: () => {} });
  return { labelling, writer, project, image };
}

/** What a window shows: told in order, but not always at once. */
class Window {
  private waiting: ImageEvent[] = [];
  shown: LabelDocument;

  constructor(labelling: ImageLabelling, image: number) {
    this.shown = new LabelDocument(labelling.document(image));
    labelling.onChanged(image, (event) => this.waiting.push(event));
  }

  hear(): void {
    for (const event of this.waiting) {
      this.shown = event.type === 'document' ? new LabelDocument(event.document) : this.shown.with(event.change);
    }
    this.waiting = [];
  }
}

const text = (annotations: readonly Annotation[]) => JSON.stringify(annotations);

test('an edit of two windows is taken whole where all is as it was seen, else refused whole, and both end with the same', async () => {
  const { labelling, writer, project, image } = engine();
  const windows = [new Window(labelling, image), new Window(labelling, image)] as const;
  const rng = rngFrom(4, 'two windows');
  const before = () => labelling.document(image).annotations;
  let refused = 0;
  for (let edit = 0; edit < EDITS; edit++) {
    const window = windows[Math.floor(rng.uniform() * 2)]!;
    if (rng.uniform() < 0.4) window.hear();
    if (rng.uniform() < 0.05) {
      await writer.use((open) => {
        const classes = new Set(before().map(({ class_name }) => class_name));
        const [name] = classes;
        if (name !== undefined) editData(open, { kind: 'class-rename', name, to: `part ${edit}` });
      });
      labelling.retell();
      continue;
    }
    const { annotations } = window.shown;
    const seen = annotations[Math.floor(rng.uniform() * annotations.length)];
    const [x, y] = [rng.uniform() * 500, rng.uniform() * 400];
    const shape = { kind: 'box', xyxy: [x, y, x + 20, y + 30] } as const;
    const changes: Change[] = [{ type: 'add', annotation: { ...NO_FLAGS, class_name: 'part', shape } }];
    const removes = rng.uniform() < 0.3;
    if (seen !== undefined && removes) changes.push({ type: 'remove', before: seen });
    else if (seen !== undefined) changes.push({ type: 'replace', before: seen, after: { ...seen, shape } });
    const was = before();
    const isAsSeen = seen === undefined || text([seen]) === text(was.filter(({ id }) => id === seen.id));

    const error = await labelling.apply({ image_id: image, name: 'edit', changes }).then(
      () => null,
      (problem: unknown) => problem,
    );

    expect(error === null).toBe(isAsSeen);
    if (error === null) continue;
    refused++;
    expect(error).toBeInstanceOf(AppError);
    expect((error as AppError).code).toBe('edit-conflict');
    expect(text(before())).toBe(text(was));
  }

  for (const window of windows) window.hear();
  expect(text(windows[0].shown.annotations)).toBe(text(before()));
  expect(text(windows[1].shown.annotations)).toBe(text(before()));
  expect(refused).toBeGreaterThan(EDITS / 20);
  project.close();
});
