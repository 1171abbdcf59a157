/** Whether images count as labelled, after random gestures and edits of many, taken back and brought again in any order. */

import { expect, test } from 'vitest';
import { editData } from '../../../main/data/edit-data.ts';
import { applyChecked, imageDocument, redo, undo } from '../../../main/label/labelling.ts';
import { redoEdit, undoEdit } from '../../../main/store/edits.ts';
import { rngFrom } from '../../../native-models/core/rng.ts';
import { NO_FLAGS } from '../../../preload/contract/annotation-flags.ts';
import { AppError } from '../../../preload/contract/errors.ts';
import type { Change, ImageDocument } from '../../../preload/contract/labelling.ts';
import type { Review } from '../../../preload/contract/review.ts';
import { FakeClock } from '../../kit/clock.ts';
import { newProject } from '../../kit/projects.ts';
import { storeImage } from '../../kit/stored-images.ts';

const BOX = { kind: 'box', xyxy: [10, 10, 60, 50] } as const;
const DONE: ReadonlySet<Review['state']> = new Set(['done', 'accepted']);

/** Something that was done, and what it says of images while it stands. */
interface Act {
  readonly says: ReadonlyMap<number, boolean>;
  stands: boolean;
}

/** Two images, one of them labelled with nothing on it, and by memory what was done to them. */
class Story {
  readonly clock = new FakeClock();
  readonly project = newProject(undefined, 'image-object-detection', this.clock);
  readonly images = [storeImage(this.project.db, 'a'), storeImage(this.project.db, 'b', [])];
  private readonly first = new Map(this.images.map((image) => [image, this.seen(image).is_labelled]));
  private readonly acts: Act[] = [];
  private readonly gestures = new Map<number, Act[]>(this.images.map((image) => [image, []]));
  private edits: Act[] = [];

  seen(image: number): ImageDocument {
    return imageDocument(this.project.db, image, 0);
  }

  /** What is on an image says so by itself; else the last of what stands; else it is as it was at first. */
  shouldBeLabelled(image: number): boolean {
    const { annotations, review } = this.seen(image);
    if (annotations.length > 0 || DONE.has(review.state)) return true;
    const last = this.acts.findLast(({ says, stands }) => stands && says.has(image));
    return last?.says.get(image) ?? this.first.get(image)!;
  }

  gesture(image: number, change: Change): void {
    this.clock.advance(10);
    const made = { made_by: 'ann', made_at_ms: this.clock.nowMs() };
    applyChecked(
      this.project.db,
      'image-object-detection',
      { image_id: image, name: change.type, changes: [change] },
      made,
    );
    const isSaid = change.type !== 'review' || DONE.has(change.after.state);
    const act = { says: new Map(isSaid ? [[image, true]] : []), stands: true };
    this.acts.push(act);
    this.gestures.set(image, [...this.gestures.get(image)!.filter(({ stands }) => stands), act]);
  }

  edit(kind: 'unlabel' | Review['state']): void {
    this.clock.advance(10);
    const before = this.images.map((image) => this.seen(image));
    const ids = this.images;
    const { id } = editData(
      this.project,
      kind === 'unlabel' ? { kind, ids } : { kind: 'review', ids, review: { state: kind, note: '' } },
    );
    if (id === null) return;
    const says = before.flatMap(({ image_id, is_labelled, review }): [number, boolean][] => {
      if (kind === 'unlabel') return is_labelled ? [[image_id, false]] : [];
      return DONE.has(kind) && (!is_labelled || review.state !== kind) ? [[image_id, true]] : [];
    });
    const act = { says: new Map(says), stands: true };
    this.acts.push(act);
    this.edits = [...this.edits.filter(({ stands }) => stands), act];
  }

  /** False where there is nothing to take back, or it is refused. */
  undoGesture(image: number): boolean {
    return this.turned(
      this.gestures.get(image)!.findLast(({ stands }) => stands),
      () => undo(this.project.db, this.project.info.task, image),
    );
  }

  redoGesture(image: number): boolean {
    return this.turned(
      this.gestures.get(image)!.find(({ stands }) => !stands),
      () => redo(this.project.db, this.project.info.task, image),
    );
  }

  undoEdit(): boolean {
    return this.turned(
      this.edits.findLast(({ stands }) => stands),
      () => undoEdit(this.project.db),
    );
  }

  redoEdit(): boolean {
    return this.turned(
      this.edits.find(({ stands }) => !stands),
      () => redoEdit(this.project.db),
    );
  }

  private turned(act: Act | undefined, turn: () => unknown): boolean {
    if (act === undefined) return false;
    try {
      turn();
      act.stands = !act.stands;
      return true;
    } catch (error) {
      if (error instanceof AppError && error.code === 'edit-conflict') return false;
      throw error;
    }
  }
}

test.each(Array.from({ length: 8 }, (_, seed) => seed))('random story %i', (seed) => {
  const rng = rngFrom(seed, 'labelled');
  const story = new Story();
  const pick = <T>(of: readonly T[]): T => of[Math.floor(rng.uniform() * of.length)]!;
  const draw = (image: number) =>
    story.gesture(image, { type: 'add', annotation: { ...NO_FLAGS, class_name: 'nut', shape: BOX } });
  const remove = (image: number) => {
    const before = story.seen(image).annotations.at(-1);
    if (before !== undefined) story.gesture(image, { type: 'remove', before });
  };
  const review = (image: number) => {
    const after = { state: pick(['done', 'to-do', 'rejected'] as const), note: '' };
    story.gesture(image, { type: 'review', before: story.seen(image).review, after });
  };
  const deeds: readonly ((image: number) => unknown)[] = [
    ...[draw, remove, remove, review],
    () => story.edit('unlabel'),
    () => story.edit(pick(['done', 'to-do'])),
    ...[(image: number) => story.undoGesture(image), (image: number) => story.undoGesture(image)],
    (image) => story.redoGesture(image),
    ...[() => story.undoEdit(), () => story.undoEdit(), () => story.redoEdit()],
  ];

  for (let step = 0; step < 40; step++) {
    pick(deeds)(pick(story.images));

    const told = story.images.map((image) => story.seen(image).is_labelled);
    expect(told, `step ${step}`).toEqual(story.images.map((image) => story.shouldBeLabelled(image)));
  }

  const ways = [() => story.undoEdit(), ...story.images.map((image) => () => story.undoGesture(image))];
  while (ways.toSorted(() => rng.uniform() - 0.5).some((way) => way()));
  for (const image of story.images) expect(story.seen(image).is_labelled).toBe(story.shouldBeLabelled(image));
});
