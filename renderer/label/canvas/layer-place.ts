/** Where a layer lies, so that what it draws in image pixels appears in a view. */

import type { Viewport } from '../doc/viewport.ts';

export const layerAt = ({ scale, x, y }: Viewport) => ({
  ...{ x: -x * scale, y: -y * scale, scaleX: scale, scaleY: scale },
  listening: false,
});
