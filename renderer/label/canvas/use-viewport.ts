/** The view of one image, and what follows it. */

import { useLayoutEffect, useMemo, useSyncExternalStore } from 'react';
import type { Size } from '../../../native-models/geometry/box.ts';
import type { Viewport } from '../doc/viewport.ts';
import { ViewControl } from './view-control.ts';

/** Begins anew, with the whole of it, for another image; `of` is another object then. */
export function useViewControl(of: object, image: Size, view: Size): ViewControl {
  // biome-ignore lint/correctness/useExhaustiveDependencies: an image has one size, and that of the view is told below
  const control = useMemo(() => new ViewControl(image, view), [of]);
  useLayoutEffect(() => control.setView(view), [control, view]);
  return control;
}

/** Who uses it is drawn anew with every move of the view. */
export const useViewport = (control: ViewControl): Viewport =>
  useSyncExternalStore(control.subscribe, control.getViewport);

/** A part of it: who uses it is drawn anew when that part is another. */
export const useViewportPart = <T>(control: ViewControl, part: (viewport: Viewport) => T): T =>
  useSyncExternalStore(control.subscribe, () => part(control.getViewport()));
