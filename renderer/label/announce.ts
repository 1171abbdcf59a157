/** What happened while an image is labelled, in words for those who listen rather than look. */

import { shapeXyxy } from '../../native-models/geometry/shape.ts';
import { formatPlural } from '../ui/format.ts';
import { CROSSHAIR_WORDS } from './by-keyboard.ts';
import type { LabelDocument } from './doc/label-document.ts';
import type { SessionState } from './session-state.ts';
import { TOOL_WORDS } from './tools/toolbox.ts';

/** Empty where nothing happened that is worth words. */
export function announcementOf(before: SessionState, after: SessionState): string {
  const parts = [
    before.cursor === 'progress' && after.cursor === 'crosshair' && after.draft !== null ? 'found, Enter keeps it' : '',
    deedOf(before, after),
    before.tool === after.tool ? '' : `${TOOL_WORDS[after.tool]}: ${CROSSHAIR_WORDS[after.tool]}`,
    before.activeClass === after.activeClass || after.activeClass === null ? '' : `class ${after.activeClass}`,
    before.brushRadius === after.brushRadius ? '' : `brush ${Math.round(2 * after.brushRadius)} pixels`,
    before.brushHardness01 === after.brushHardness01
      ? ''
      : `hardness ${Math.round(100 * after.brushHardness01)} per cent`,
    before.tolerance === after.tolerance ? '' : `colours within ${after.tolerance} levels`,
    before.threshold === after.threshold
      ? ''
      : `sure from ${Math.round(100 * after.threshold)} per cent: ${formatPlural(after.proposals.length, 'proposal')}`,
    chosenOf(before, after),
  ];
  return parts.filter((part) => part !== '').join('. ');
}

/** What lies under a place, the topmost first. */
export function placeOf(document: LabelDocument, [x, y]: readonly [x: number, y: number], reach: number): string {
  const under = document.at(x, y, reach).map(({ class_name }) => class_name);
  return `${Math.floor(x)}, ${Math.floor(y)}${under.length === 0 ? '' : `, on ${under.join(', ')}`}`;
}

function deedOf(before: SessionState, after: SessionState): string {
  const [was, is] = [before.document, after.document];
  if (was.told.sequence === is.told.sequence) return '';
  const objects =
    was.annotations.length === is.annotations.length ? '' : `, ${formatPlural(is.annotations.length, 'object')}`;
  if (before.unsaved === 0) return `changed elsewhere${objects}`;
  if (after.turn === 'undo') return `taken back: ${is.told.redo ?? 'nothing'}${objects}`;
  if (after.turn === 'redo') return `done again: ${is.told.undo ?? 'nothing'}${objects}`;
  return `${is.told.undo ?? 'done'}${objects}`;
}

function chosenOf(before: SessionState, { selection, reach }: SessionState): string {
  const isSame = before.selection.size === selection.size && [...selection].every((id) => before.selection.has(id));
  if (isSame) return '';
  const [id, ...others] = selection;
  if (id === undefined) return 'nothing chosen';
  if (others.length > 0) return `${selection.size} chosen`;
  const { annotations } = reach;
  const one = reach.get(id)!;
  const [x0, y0, x1, y1] = shapeXyxy(one.shape).map(Math.round);
  const place = annotations.findIndex((other) => other.id === id) + 1;
  return `chosen: ${one.class_name}, ${one.shape.kind}, ${x0}, ${y0} to ${x1}, ${y1}, ${place} out of ${annotations.length}`;
}
