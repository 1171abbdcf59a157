/** The engine's side of labelling one image, in memory: what a session sends is what it shows. */

import type { Shape } from '../../native-models/geometry/shape.ts';
import type { Annotation, Change, ImageChange, ImageDocument } from '../../preload/contract/labelling.ts';
import type { Proposals } from '../../preload/contract/proposals.ts';
import type { LabelSource } from '../../renderer/label/label-api.ts';

export class MemoryLabels implements LabelSource {
  /** Names of the edits that were sent, oldest first. */
  readonly sent: string[] = [];
  /** Thrown at the next edit. */
  refusal: Error | null = null;
  private states: ImageDocument[];
  private at = 0;
  private sequence = 0;
  private nextId: number;

  constructor(
    size: { width: number; height: number },
    annotations: readonly Annotation[] = [],
    proposals: Proposals | null = null,
  ) {
    this.nextId = 1 + Math.max(0, ...annotations.map(({ id }) => id));
    const { width: width_px, height: height_px } = size;
    const review = { state: 'to-do', note: '' } as const;
    const rest = {
      sequence: 0,
      labels: [],
      is_labelled: false,
      review,
      proposals,
      labelling_ms: 0,
      undo: null,
      redo: null,
    };
    this.states = [{ image_id: 1, width_px, height_px, annotations, ...rest }];
  }

  get document(): ImageDocument {
    return this.states[this.at]!;
  }

  async apply(name: string, changes: readonly Change[]): Promise<ImageChange> {
    const { refusal } = this;
    this.refusal = null;
    if (refusal !== null) throw refusal;
    this.sent.push(name);
    let { annotations, review, proposals } = this.document;
    for (const change of changes) {
      if (change.type === 'remove' || change.type === 'replace') {
        const present = annotations.find(({ id }) => id === change.before.id);
        if (JSON.stringify(present) !== JSON.stringify(change.before)) throw new Error('changed meanwhile');
      }
      if (change.type === 'add') {
        annotations = [...annotations, { ...change.annotation, id: this.nextId++ }];
      } else if (change.type === 'remove') {
        annotations = annotations.filter(({ id }) => id !== change.before.id);
      } else if (change.type === 'settle' && proposals !== null) {
        proposals = { ...proposals, settled: change.after };
      } else if (change.type === 'review') {
        review = change.after;
      } else if (change.type === 'replace') {
        annotations = annotations.map((one) => (one.id === change.after.id ? change.after : one));
      }
    }
    const next = { ...this.document, annotations, review, proposals, is_labelled: true };
    this.states.splice(this.at + 1, Infinity, next);
    return this.goTo(this.at + 1);
  }

  async undo(): Promise<ImageChange> {
    return this.goTo(Math.max(0, this.at - 1));
  }

  async redo(): Promise<ImageChange> {
    return this.goTo(Math.min(this.states.length - 1, this.at + 1));
  }

  private goTo(at: number): ImageChange {
    const before = this.document.annotations;
    this.at = at;
    this.sequence++;
    const { annotations, width_px: _, height_px: __, labelling_ms: ___, ...facts } = this.document;
    const ids = new Set(annotations.map(({ id }) => id));
    return {
      ...facts,
      sequence: this.sequence,
      put: annotations.filter((annotation) => !before.includes(annotation)),
      gone: before.filter(({ id }) => !ids.has(id)).map(({ id }) => id),
    };
  }
}

export function annotation(id: number, shape: Shape, class_name = 'cell'): Annotation {
  return { id, class_name, shape, is_crowd: false, is_difficult: false, is_occluded: false, is_truncated: false };
}
