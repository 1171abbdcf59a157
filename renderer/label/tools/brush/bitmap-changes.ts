/** What becomes of bitmaps that pixels are added to or taken from. */

import { combineMasks, type Mask, maskArea, sharedPixels } from '../../../../native-models/geometry/mask.ts';
import type { Annotation, Change } from '../../../../preload/contract/labelling.ts';
import { chosenOf, drawn, type Editor, hasClass, replaced } from '../editor.ts';

type MaskAnnotation = Annotation & { readonly shape: { readonly kind: 'mask'; readonly mask: Mask } };
const isMask = (annotation: Annotation): annotation is MaskAnnotation => annotation.shape.kind === 'mask';

/** Bitmaps that are chosen. */
const chosenMasks = (editor: Editor): MaskAnnotation[] => chosenOf(editor).filter(isMask);

/** Adds pixels to the bitmap that is chosen, where it is one; else they are a bitmap of their own. */
export function painted(editor: Editor, pixels: Mask): Change[] {
  const [chosen, ...others] = chosenMasks(editor);
  if (maskArea(pixels) === 0) return [];
  if (chosen !== undefined && others.length === 0) {
    const mask = combineMasks(chosen.shape.mask, pixels, (a, b) => a || b);
    return maskArea(mask) === maskArea(chosen.shape.mask) ? [] : [replaced(chosen, { kind: 'mask', mask })];
  }
  return hasClass(editor) ? [drawn({ kind: 'mask', mask: pixels }, editor.activeClass!)] : [];
}

/** Takes pixels from every bitmap that is chosen. */
export function erased(editor: Editor, pixels: Mask): Change[] {
  const chosen = chosenMasks(editor);
  if (chosen.length === 0) editor.say('Choose a bitmap first: pixels are taken away from bitmaps alone.');
  return chosen
    .filter(({ shape }) => sharedPixels(shape.mask, pixels) > 0)
    .map((annotation) => {
      const mask = combineMasks(annotation.shape.mask, pixels, (a, b) => a && !b);
      return maskArea(mask) === 0
        ? { type: 'remove', before: annotation }
        : replaced(annotation, { kind: 'mask', mask });
    });
}
