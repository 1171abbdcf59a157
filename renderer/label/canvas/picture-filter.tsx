/** The filter that the picture's layer is drawn through; the browser does the work, no pixel passes through a script. */

import type { ReactElement } from 'react';
import { channelMatrix, linearOf, type PictureLook } from '../doc/picture-look.ts';

export const PICTURE_FILTER = 'label-picture-filter';

export function PictureFilter({ look }: { look: PictureLook }): ReactElement {
  const matrix = channelMatrix(look.channel);
  const linear = linearOf(look);
  const exponent = 1 / look.gamma;
  return (
    <svg className="label-filter" width="0" height="0" aria-hidden="true">
      <filter id={PICTURE_FILTER} colorInterpolationFilters="sRGB" x="0" y="0" width="100%" height="100%">
        {matrix === null ? null : <feColorMatrix type="matrix" values={matrix} />}
        <feComponentTransfer>
          <feFuncR type="gamma" exponent={exponent} />
          <feFuncG type="gamma" exponent={exponent} />
          <feFuncB type="gamma" exponent={exponent} />
        </feComponentTransfer>
        <feComponentTransfer>
          <feFuncR type="linear" {...linear} />
          <feFuncG type="linear" {...linear} />
          <feFuncB type="linear" {...linear} />
        </feComponentTransfer>
      </filter>
    </svg>
  );
}
