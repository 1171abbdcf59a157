/** The view of one image, and what follows it. */

import { useLayoutEffect, useState, useSyncExternalStore } from 'react';
import type { Size } from '../../../native-models/geometry/box.ts';
import type { Viewport } from '../doc/viewport.ts';
import { ViewControl } from './view-control.ts';

/** For as long as the image is on show. */
export function useViewControl(image: Size, view: Size): ViewControl {
  const [control] = useState(() => new ViewControl(image));
  useLayoutEffect(() => control.setView(view), [control, view]);
  return control;
}

/** Who uses it is drawn anew with every move of the view. */
export const useViewport = (control: ViewControl): Viewport =>
  useSyncExternalStore(control.subscribe, control.getViewport);

/** A part of it: who uses it is drawn anew when that part is another. */
export const useViewportPart = <T>(control: ViewControl, part: (viewport: Viewport) => T): T =>
  useSyncExternalStore(control.subscribe, () => part(control.getViewport()));
