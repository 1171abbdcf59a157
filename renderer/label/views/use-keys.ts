/** Carries out what keys ask for, unless somebody types into a field or a dialog is open. */

import { useEffect, useRef } from 'react';
import { joinBoxes } from '../../../native-models/geometry/box.ts';
import { shapeXyxy } from '../../../native-models/geometry/shape.ts';
import type { ReviewState } from '../../../preload/contract/review.ts';
import { ClassificationTask, type Task } from '../../../preload/contract/tasks.ts';
import type { ViewControl } from '../canvas/view-control.ts';
import type { FrameCommand, KeyCommand, KeyTable, PlainCommand } from '../keys.ts';
import type { LabelSession } from '../session.ts';
import type { ClassChord } from './use-class-chord.ts';

export interface KeyTargets {
  readonly keys: KeyTable;
  readonly session: LabelSession;
  readonly control: ViewControl;
  readonly task: Task;
  readonly isPaused: boolean;
  readonly chord: ClassChord;
  readonly onFindClass: () => void;
  readonly onHelp: () => void;
  readonly onAccept: () => void;
  readonly onView: () => void;
  readonly onHideObjects: () => void;
  readonly onHistory: () => void;
  readonly onCopy: () => void;
  readonly onPaste: () => void;
  /** Brings the objects of the previous image. */
  readonly onBring: () => void;
  readonly onPrevious: () => void;
  readonly onNext: () => void;
  readonly onNextUnlabelled: () => void;
  readonly onNextToReview: () => void;
  readonly onNextDisagreement: () => void;
  readonly onReview: (state: ReviewState) => void;
  readonly onFrames: (what: FrameCommand) => void;
}

/** Screen pixels the picture moves by an arrow key, for each pixel an object would. */
const PAN_A_PIXEL = 40;
/** Image pixels beside the original, so that both are seen. */
const DUPLICATE_PX = 12;

export function useKeys(targets: KeyTargets): void {
  const now = useRef(targets);
  now.current = targets;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (now.current.isPaused || event.altKey || isField(event.target)) return;
      if (isSlider(event.target) && /^(Arrow|Page|Home|End)/.test(event.key)) return;
      // Space and Enter on a button are the button's.
      if (event.key === 'Enter' && event.target instanceof HTMLButtonElement) return;
      const isTools = now.current.chord.key(event) || now.current.session.hand.key(event.key);
      const control = event.ctrlKey || event.metaKey;
      const command = isTools ? null : now.current.keys.commandOf({ key: event.key, shift: event.shiftKey, control });
      if (command !== null) carryOut(command, now.current);
      if (isTools || command !== null) event.preventDefault();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}

const isField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  target.closest('input:not([type="range"]), textarea, [role="listbox"], [role="dialog"]') !== null;

const isSlider = (target: EventTarget | null): boolean => target instanceof HTMLInputElement && target.type === 'range';

function carryOut(command: KeyCommand, targets: KeyTargets): void {
  const { session, control } = targets;
  switch (command.do) {
    case 'tool':
      if (!ClassificationTask.safeParse(targets.task).success) session.takeTool(command.tool);
      break;
    case 'nudge':
      if (session.selection.size > 0) session.nudge(command.dx, command.dy);
      else control.pan(-command.dx * PAN_A_PIXEL, -command.dy * PAN_A_PIXEL);
      break;
    case 'zoom':
      control.zoom(command.factor);
      break;
    case 'brush-size':
      session.resizeBrush(command.factor);
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
    default:
      plainDeeds(targets)[command.do]();
  }
}

function plainDeeds(targets: KeyTargets): Readonly<Record<PlainCommand, () => void>> {
  const { session, control } = targets;
  const boxes = () => session.chosen().map(({ shape }) => shapeXyxy(shape));
  return {
    undo: () => session.undo(),
    redo: () => session.redo(),
    remove: () => session.removeChosen(),
    cancel: () => session.leave(),
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
    previous: targets.onPrevious,
    next: targets.onNext,
    'next-unlabelled': targets.onNextUnlabelled,
    'next-to-review': targets.onNextToReview,
    'next-disagreement': targets.onNextDisagreement,
  };
}
