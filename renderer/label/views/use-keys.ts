/** Carries out what keys ask for, unless somebody types into a field or a dialog is open. */

import { useEffect, useRef } from 'react';
import { joinBoxes } from '../../../native-models/geometry/box.ts';
import { shapeXyxy } from '../../../native-models/geometry/shape.ts';
import type { ReviewState } from '../../../preload/contract/review.ts';
import { isClassification, type Task } from '../../../preload/contract/tasks.ts';
import type { KeyboardHand } from '../canvas/keyboard-hand.ts';
import type { ViewControl } from '../canvas/view-control.ts';
import { LEAST_SURE, MOST_SURE } from '../doc/proposals.ts';
import type { FrameCommand, KeyCommand, KeyTable, PlainCommand } from '../keys.ts';
import type { LabelSession } from '../session.ts';
import type { Way } from '../way.ts';
import { isElsewhere } from './key-targets.ts';
import type { ClassChord } from './use-class-chord.ts';
import type { KeyMinder, PageGate } from './use-key-gate.ts';

export interface KeyTargets {
  readonly keys: KeyTable;
  readonly session: LabelSession;
  readonly control: ViewControl;
  readonly hand: KeyboardHand;
  readonly task: Task;
  readonly isPaused: boolean;
  readonly chord: ClassChord;
  readonly onFindClass: () => void;
  /** Gives the picture the focus, so that keys draw, or takes it away. */
  readonly onCanvas: (isWanted: boolean) => void;
  readonly onRegion: (by: 1 | -1) => void;
  readonly onHelp: () => void;
  readonly onAccept: () => void;
  readonly onView: () => void;
  readonly onHideObjects: () => void;
  readonly onHistory: () => void;
  readonly onCopy: () => void;
  readonly onPaste: () => void;
  /** Brings the objects of the previous image. */
  readonly onBring: () => void;
  /** To other images. */
  readonly way: Way;
  readonly onReview: (state: ReviewState) => void;
  readonly onFrames: (what: FrameCommand) => void;
}

/** Screen pixels the picture moves by an arrow key, for each pixel an object would. */
const PAN_A_PIXEL = 40;
/** Levels that a key is worth to the wand. */
const TOLERANCE_STEP = 4;
/** Image pixels beside the original, so that both are seen. */
const DUPLICATE_PX = 12;

export function useKeys(targets: KeyTargets, gate: PageGate): void {
  const now = useRef(targets);
  now.current = targets;
  useEffect(() => {
    gate.minder.current = minderOf(now);
    const onKey = (event: KeyboardEvent) => {
      const { isPaused, chord, hand, session, keys } = now.current;
      if (isPaused || isElsewhere(event, event.target)) return;
      const { key, shiftKey: shift, altKey: alt, repeat: isRepeated } = event;
      const control = event.ctrlKey || event.metaKey;
      const isDone =
        (!alt && chord.key(event)) ||
        hand.keyDown({ key, shift, alt, control, isRepeated }) ||
        (!alt && session.hand.key(key));
      const command = isDone || alt ? null : keys.commandOf({ key, shift, control });
      if (command !== null) carryOut(command, now.current);
      if (isDone || command !== null) event.preventDefault();
    };
    const onKeyUp = ({ key }: KeyboardEvent) => now.current.hand.keyUp(key);
    addEventListener('keydown', onKey);
    addEventListener('keyup', onKeyUp);
    return () => {
      removeEventListener('keydown', onKey);
      removeEventListener('keyup', onKeyUp);
    };
  }, [gate]);
}

/** Of these it matters what the edits before them leave; the others are about the view, or about another image. */
const DEPENDENT: ReadonlySet<KeyCommand['do']> = new Set([
  ...(['nudge', 'combine', 'convert', 'cycle', 'review', 'frames', 'corner', 'mark'] as const),
  ...(['undo', 'redo', 'remove', 'choose-all', 'copy', 'paste', 'duplicate', 'bring', 'accept', 'reject'] as const),
  ...(['next-unlabelled', 'next-to-review', 'next-disagreement'] as const), // marked just now, it waits no longer
]);

const minderOf = (targets: { readonly current: KeyTargets }): KeyMinder => ({
  minds: ({ key, shiftKey: shift, altKey, ctrlKey, metaKey }) => {
    const { session, hand, keys } = targets.current;
    const control = ctrlKey || metaKey;
    const isPress = key === ' ' || (key === 'Enter' && altKey);
    const answer = control ? null : session.hand.answerFor(isPress ? 'press' : key);
    if (answer !== null) return answer;
    const isForHand = hand.getState() !== null && (isPress || key === 'Enter');
    const command = altKey ? null : keys.commandOf({ key, shift, control });
    const depends = isForHand || (command !== null && DEPENDENT.has(command.do));
    return depends && !session.isSettled ? session.settled() : null;
  },
  ends: ({ key }) => key === 'Escape' && targets.current.session.hand.answerFor('Enter') !== null,
});

type Nudge = Extract<KeyCommand, { do: 'nudge' }>;

function carryOut(command: KeyCommand, targets: KeyTargets): void {
  const { session, control } = targets;
  switch (command.do) {
    case 'tool':
      if (!isClassification(targets.task)) session.takeTool(command.tool);
      break;
    case 'nudge':
      if (session.selection.size > 0) session.nudge(command.dx, command.dy);
      else if (session.getState().tool !== 'select' && control.pointer === null) drawBeginning(targets, command);
      else control.pan(-command.dx * PAN_A_PIXEL, -command.dy * PAN_A_PIXEL);
      break;
    case 'zoom':
      control.zoom(command.factor);
      break;
    case 'brush-size':
      if (session.getState().tool !== 'wand') session.resizeBrush(command.factor);
      else session.setTolerance(session.tolerance + Math.sign(command.factor - 1) * TOLERANCE_STEP);
      break;
    case 'brush-hardness':
      session.setBrush({ hardness01: session.brushHardness01 + command.by });
      break;
    case 'combine':
      session.combine(command.how);
      break;
    case 'convert':
      session.convert(command.to);
      break;
    case 'cycle':
      session.cycle(command.by);
      break;
    case 'review':
      targets.onReview(command.state);
      break;
    case 'frames':
      targets.onFrames(command.what);
      break;
    case 'corner':
      targets.onCanvas(true);
      if (!targets.hand.goToCorner(command.by)) session.say('Choose one box or polygon, to go along its corners.');
      break;
    case 'region':
      targets.onRegion(command.by);
      break;
    case 'mark':
      session.setFlag(command.flag, !session.chosen().every((annotation) => annotation[command.flag]));
      break;
    case 'threshold':
      session.setThreshold(Math.min(Math.max(session.getState().threshold + command.by, LEAST_SURE), MOST_SURE));
      break;
    default:
      plainDeeds(targets)[command.do]();
  }
}

/** No pointer is over the picture, so whoever has taken a tool draws by keys: the arrows move the crosshair from here on. */
function drawBeginning({ hand, onCanvas }: KeyTargets, { dx, dy }: Pick<Nudge, 'dx' | 'dy'>): void {
  onCanvas(true);
  hand.move(dx, dy);
}

/** What is under way ends first, then what is chosen is let go, then the focus leaves the picture. */
function leave({ session, hand, onCanvas }: KeyTargets): void {
  const { selection, draft } = session.getState();
  const isDrawing = draft !== null && draft.kind !== 'preview';
  if (session.hand.state === 'idle' && selection.size === 0 && !isDrawing) onCanvas(false);
  session.leave();
  session.forgive();
  hand.forget();
}

function plainDeeds(targets: KeyTargets): Readonly<Record<PlainCommand, () => void>> {
  const { session, control, way } = targets;
  const boxes = () => session.chosen().map(({ shape }) => shapeXyxy(shape));
  return {
    undo: () => session.undo(),
    redo: () => session.redo(),
    remove: () => session.removeChosen(),
    cancel: () => leave(targets),
    canvas: () => targets.onCanvas(true),
    'choose-all': () => session.select(session.document.annotations.map(({ id }) => id)),
    copy: targets.onCopy,
    paste: targets.onPaste,
    duplicate: () => session.paste(session.chosen(), DUPLICATE_PX),
    bring: targets.onBring,
    fit: () => control.fit(null),
    'fit-chosen': () => control.fit(boxes().length === 0 ? null : boxes().reduce(joinBoxes)),
    'full-size': () => control.fullSize(),
    'find-class': targets.onFindClass,
    help: targets.onHelp,
    accept: targets.onAccept,
    reject: () => session.reject(session.proposals.map(({ index }) => index)),
    view: targets.onView,
    'hide-objects': targets.onHideObjects,
    history: targets.onHistory,
    previous: () => way.goBeside('previous'),
    next: () => way.goBeside('next'),
    'next-unlabelled': () => way.goToWaiting('next_unlabelled'),
    'next-to-review': () => way.goToWaiting('next_to_review'),
    'next-disagreement': way.goToDisagreement,
  };
}
