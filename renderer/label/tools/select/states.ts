/** The states of the select tool and what each needs on entry. */

import type { Annotation } from '../../../../preload/contract/labelling.ts';
import type { CornerPlace, Point } from '../../doc/hit.ts';
import type { Handle } from '../../doc/reshape.ts';

export type SelectStates = {
  readonly idle: null;
  /** On an object: a click or the beginning of a move. */
  readonly pressed: { readonly origin: Point; readonly hit: Annotation; readonly adds: boolean };
  readonly moving: { readonly origin: Point; readonly at: Point };
  readonly pullingHandle: { readonly annotation: Annotation; readonly handle: Handle };
  readonly bendingCorner: { readonly annotation: Annotation; readonly place: CornerPlace };
  readonly marquee: { readonly origin: Point; readonly adds: boolean };
};
