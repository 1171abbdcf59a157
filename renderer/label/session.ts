/**
 * Labelling one image: what the engine told, what is chosen, which tool is at work. Every gesture is sent as one edit, and
 * the document shown is the one the engine answers with; until then the gesture's draft stays in its place.
 */

import type { Shape, ShapeKind } from '../../native-models/geometry/shape.ts';
import type { AnnotationFlag } from '../../preload/contract/annotation-flags.ts';
import { messageOf } from '../../preload/contract/errors.ts';
import type {
  Annotation,
  Change,
  ImageChange,
  ImageDocument,
  NewAnnotation,
} from '../../preload/contract/labelling.ts';
import type { ProposedObject } from '../../preload/contract/proposals.ts';
import type { Review } from '../../preload/contract/review.ts';
import { around } from './doc/around.ts';
import { type Combination, combined, converted } from './doc/combine.ts';
import { copies } from './doc/copies.ts';
import { EarlyChanges } from './doc/early-changes.ts';
import { LabelDocument } from './doc/label-document.ts';
import type { ObjectFilter } from './doc/object-filter.ts';
import { OwnEdits } from './doc/own-edits.ts';
import { decided, openProposals, type Verdict } from './doc/proposals.ts';
import { moved } from './doc/reshape.ts';
import type { LabelSource } from './label-api.ts';
import {
  filtered,
  firstState,
  LARGEST_RADIUS_PX,
  MOST_TOLERANCE,
  type SessionState,
  SMALLEST_RADIUS_PX,
  type Turn,
} from './session-state.ts';
import {
  type ClickSource,
  type Cursor,
  chosenOf,
  type Draft,
  type Editor,
  type PixelSource,
  replaced,
} from './tools/editor.ts';
import type { Tool, ToolName } from './tools/tool.ts';
import { TOOLS } from './tools/toolbox.ts';

type BrushSetting = Readonly<Record<'radius' | 'hardness01', number>>;

/** Of what a history calls a gesture. */
const LONGEST_NAME = 80;

export class LabelSession implements Editor {
  pixel = 1;
  pixels: PixelSource | null = null;
  clicks: ClickSource | null = null;
  clicksKept: ShapeKind = 'mask';
  private readonly source: LabelSource;
  private readonly listeners = new Set<() => void>();
  private state: SessionState;
  private tool: Tool;
  private readonly early = new EarlyChanges();
  /** Edits reach the engine one after the other. */
  private sending: Promise<void> = Promise.resolve();
  /** So does what waits for them, and how much does. */
  private turns: Promise<void> = Promise.resolve();
  private waiting = 0;
  private readonly own = new OwnEdits();

  constructor(source: LabelSource, told: ImageDocument, activeClass: string | null) {
    this.source = source;
    this.state = firstState(told, activeClass);
    this.tool = TOOLS.select(this);
  }

  /** The same object until something changes. */
  readonly getState = (): SessionState => this.state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  get document(): LabelDocument {
    return this.state.reach;
  }

  get proposals(): readonly ProposedObject[] {
    return this.state.proposals;
  }

  setThreshold(threshold: number): void {
    const { told, annotations } = this.state.document;
    this.update({ threshold, proposals: openProposals(told.proposals, annotations, threshold) });
  }

  accept(indices: readonly number[]): void {
    this.decide('accept', indices);
  }

  reject(indices: readonly number[]): void {
    this.decide('reject', indices);
  }

  private decide(verdict: Verdict, indices: readonly number[]): void {
    const { proposals } = this.state.document.told;
    const objects = this.proposals.filter(({ index }) => indices.includes(index));
    if (proposals === null || objects.length === 0) return;
    const { name, changes } = decided(verdict, proposals, objects);
    this.commit(name.slice(0, LONGEST_NAME), changes);
  }

  setFilter(filter: ObjectFilter): void {
    if (filter === this.state.filter) return;
    this.update({ filter });
    this.show(this.state.document, this.selection);
  }

  get selection(): ReadonlySet<number> {
    return this.state.selection;
  }

  get activeClass(): string | null {
    return this.state.activeClass;
  }

  get brushRadius(): number {
    return this.state.brushRadius;
  }

  get brushHardness01(): number {
    return this.state.brushHardness01;
  }

  /** The tool at work, which hears the pointer. */
  get hand(): Tool {
    return this.tool;
  }

  select(ids: Iterable<number>): void {
    this.update({ selection: new Set(ids) });
  }

  setDraft(draft: Draft | null): void {
    if (draft !== this.state.draft) this.update({ draft });
  }

  setCursor(cursor: Cursor): void {
    if (cursor !== this.state.cursor) this.update({ cursor });
  }

  get tolerance(): number {
    return this.state.tolerance;
  }

  setTolerance(tolerance: number): void {
    this.update({ tolerance: Math.min(Math.max(Math.round(tolerance), 0), MOST_TOLERANCE) });
  }

  takeTool(name: ToolName): void {
    this.tool.leave();
    this.update({ tool: name, draft: null });
    this.tool = TOOLS[name](this);
  }

  /** Goes on as somebody has worked on another image: with the same tool, its settings and the same class. */
  goOnFrom(other: LabelSession): void {
    const { tool, activeClass, brushRadius, brushHardness01, tolerance, threshold } = other.state;
    this.update({ activeClass, brushRadius, brushHardness01, tolerance });
    if (threshold !== this.state.threshold) this.setThreshold(threshold);
    if (tool !== this.state.tool) this.takeTool(tool);
  }

  /** Another image is shown: what was under way ends. */
  rest(): void {
    this.takeTool(this.state.tool);
    this.update({ selection: new Set(), problem: null });
  }

  /** What is drawn next has this class, and so has what is chosen. */
  setClass(className: string): void {
    this.update({ activeClass: className });
    const others = this.chosen().filter(({ class_name }) => class_name !== className);
    if (others.length === 0) return;
    this.commit(
      'change class',
      others.map((before) => ({ type: 'replace', before, after: { ...before, class_name: className } })),
    );
  }

  removeChosen(): void {
    const chosen = this.chosen();
    if (chosen.length === 0) return;
    this.commit(
      'remove',
      chosen.map((before) => ({ type: 'remove', before })),
    );
  }

  /** Moves what is chosen. Units: image pixels. */
  nudge(dx: number, dy: number): void {
    const chosen = this.chosen();
    if (chosen.length === 0) return;
    this.commit(
      'move',
      chosen.map((before) => replaced(before, moved(before.shape, dx, dy, this.document.size))),
    );
  }

  setFlag(flag: AnnotationFlag, isOn: boolean): void {
    const others = this.chosen().filter((annotation) => annotation[flag] !== isOn);
    if (others.length === 0) return;
    this.commit(
      isOn ? 'set mark' : 'clear mark',
      others.map((before) => ({ type: 'replace', before, after: { ...before, [flag]: isOn } })),
    );
  }

  /** Tells why something was not done. */
  say(problem: string): void {
    this.update({ problem });
  }

  /** What was told has been read. */
  forgive(): void {
    if (this.state.problem !== null) this.update({ problem: null });
  }

  /** Units: milliseconds. */
  setWorkTime(workMs: number): void {
    this.update({ workMs });
  }

  /** A larger or smaller brush. */
  resizeBrush(factor: number): void {
    this.setBrush({ radius: this.brushRadius * factor });
  }

  /** Units: radius in image pixels, hardness as a fraction in [0,1]; each is held to what makes sense. */
  setBrush({ radius = this.brushRadius, hardness01 = this.brushHardness01 }: Partial<BrushSetting>): void {
    this.update({
      brushRadius: Math.min(Math.max(radius, SMALLEST_RADIUS_PX), LARGEST_RADIUS_PX),
      brushHardness01: Math.min(Math.max(hardness01, 0), 1),
    });
  }

  /** Makes one object of those that are chosen; the first chosen keeps its class and its place. */
  combine(combination: Combination): void {
    const [first, ...others] = this.chosen();
    if (first === undefined || others.length === 0) return;
    const shapes = [first, ...others].map(({ shape }) => shape) as [Shape, ...Shape[]];
    const shape = combined(combination, shapes, this.document.size);
    const kept: Change = shape === null ? { type: 'remove', before: first } : replaced(first, shape);
    const spent = others.map((before): Change => ({ type: 'remove', before }));
    this.commit(combination, [kept, ...spent]);
  }

  /** Draws what is chosen another way. */
  convert(kind: ShapeKind): void {
    const changes = this.chosen().flatMap((annotation): Change[] => {
      const shape = annotation.shape.kind === kind ? null : converted(annotation.shape, kind, this.document.size);
      return shape === null ? [] : [replaced(annotation, shape)];
    });
    if (changes.length > 0) this.commit(`make ${kind}`, changes);
  }

  /** Puts copies on the image, as far as they fit on it, moved by so many pixels. */
  paste(objects: readonly NewAnnotation[], by: number): void {
    const fits = copies(objects, by, this.document.size);
    if (fits.length > 0) this.commit('paste', fits);
    const left = objects.length - fits.length;
    if (left > 0) this.update({ problem: `${left} of ${objects.length} copied objects do not fit on this image` });
  }

  /** Gives the image as a whole these classes and no others. */
  setLabels(after: readonly string[]): void {
    this.commit('accept a proposal', [{ type: 'labels', before: this.document.told.labels, after: after.toSorted() }]);
  }

  /** Whether the image as a whole has a class; `isOnly` takes the others away. */
  toggleLabel(name: string, isOnly: boolean): void {
    const before = this.document.told.labels;
    const others = isOnly ? [] : before.filter((label) => label !== name);
    const after = before.includes(name) ? before.filter((label) => label !== name) : [...others, name].sort();
    this.commit('set classes', [{ type: 'labels', before, after }]);
  }

  /** Says how far the image is. */
  setReview(after: Review): void {
    const before = this.document.told.review;
    if (before.state === after.state && before.note === after.note) return;
    const said = after.note === '' ? '' : `: ${after.note}`;
    this.commit(`mark ${after.state}${said}`.slice(0, LONGEST_NAME), [{ type: 'review', before, after }]);
  }

  /** The next object in order, or the one before. */
  cycle(by: 1 | -1): void {
    const { annotations } = this.document;
    if (annotations.length === 0) return;
    const [current] = this.selection;
    const at = annotations.findIndex(({ id }) => id === current);
    this.select([annotations[around(at, by, annotations.length)]!.id]);
  }

  /** Ends what is under way; without anything, lets go of what is chosen. */
  leave(): void {
    if (!this.tool.cancel()) this.select([]);
  }

  chosen(): Annotation[] {
    return chosenOf(this);
  }

  commit(name: string, changes: readonly Change[]): void {
    const adds = changes.some(({ type }) => type === 'add');
    this.send('edit', adds, async () => {
      const { document } = this.state;
      const rebased = this.own.rebased(changes, (id) => document.get(id), document.told.labels);
      const answered = await this.source.apply(name, rebased);
      this.own.note(rebased, answered.put, answered.labels);
      return answered;
    });
  }

  undo(): void {
    this.send('undo', false, () => this.source.undo());
  }

  redo(): void {
    this.send('redo', false, () => this.source.redo());
  }

  /** A change of this or another window; one that comes before its turn waits for those before it. */
  tell(change: ImageChange): void {
    this.early.add(change);
    const next = () => this.early.after(this.state.document.told.sequence);
    for (let following = next(); following !== undefined; following = next()) {
      this.show(this.state.document.with(following), this.selection);
    }
  }

  /** The image as it is, as after a lost connection. */
  retell(told: ImageDocument): void {
    this.early.clear();
    this.setWorkTime(told.labelling_ms);
    this.show(new LabelDocument(told), this.selection);
  }

  /** Whether everything done so far has been answered. */
  get isSettled(): boolean {
    return this.state.unsaved === 0 && this.waiting === 0;
  }

  /** Does what depends on the outcome of everything before: keys come faster than answers. */
  inTurn(act: () => void): void {
    const take = () => {
      this.waiting--;
      act();
    };
    if (this.waiting++ === 0 && this.state.unsaved === 0) take();
    else this.turns = this.turns.then(() => this.sending).then(take);
  }

  /** Resolves once everything done so far has been answered. */
  settled(): Promise<void> {
    return this.turns.then(() => this.sending);
  }

  /** `chooses`: what comes of it is chosen then. */
  private send(turn: Turn, chooses: boolean, ask: () => Promise<ImageChange>): void {
    const { draft } = this.state;
    this.update({ unsaved: this.state.unsaved + 1, turn, problem: null });
    this.sending = this.sending.then(async () => {
      try {
        const before = this.state.document;
        const change = await ask();
        this.tell(change);
        if (chooses) this.select(change.put.map(({ id }) => id).filter((id) => before.get(id) === undefined));
      } catch (error) {
        this.update({ problem: messageOf(error) });
      } finally {
        const isStillShown = this.state.draft === draft;
        this.update({ unsaved: this.state.unsaved - 1, ...(isStillShown ? { draft: null } : {}) });
      }
    });
  }

  private show(document: LabelDocument, selection: Iterable<number>): void {
    const { shown, reach } = filtered(document, this.state.filter);
    const kept = [...selection].filter((id) => reach.get(id) !== undefined);
    const proposals = openProposals(document.told.proposals, document.annotations, this.state.threshold);
    this.update({ document, shown, reach, proposals, selection: new Set(kept) });
  }

  private update(change: Partial<SessionState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }
}
