/** Boxes of tracks that are no objects here yet, dashed over the picture; while boxes are chosen a click sets one here. */

import type { ReactElement } from 'react';
import type { BetweenBox } from '../../../preload/contract/sequences.ts';
import { useViewport } from '../canvas/use-viewport.ts';
import type { ViewControl } from '../canvas/view-control.ts';
import { toScreen } from '../doc/viewport.ts';
import type { LabelSession } from '../session.ts';
import { usePart } from './use-session.ts';

export interface BetweenBoxesProps {
  readonly boxes: readonly BetweenBox[];
  readonly session: LabelSession;
  readonly control: ViewControl;
  readonly colourOf: (className: string) => string;
  readonly onKey: (boxes: readonly BetweenBox[]) => void;
}

export function BetweenBoxes({ boxes, session, control, colourOf, onKey }: BetweenBoxesProps): ReactElement {
  const viewport = useViewport(control);
  const takesClicks = usePart(session, ({ tool }) => tool === 'select');
  return (
    <div className="label-between" data-takes-clicks={takesClicks}>
      {boxes.map((box) => {
        const [left, top] = toScreen(viewport, [box.xyxy[0], box.xyxy[1]]);
        const [right, bottom] = toScreen(viewport, [box.xyxy[2], box.xyxy[3]]);
        const what = `${box.class_name}, ${box.is_after ? 'where it was last' : 'between key frames'}: make this a key frame`;
        return (
          <button
            key={box.track_id}
            type="button"
            title={what}
            aria-label={what}
            data-after={box.is_after}
            style={{ left, top, width: right - left, height: bottom - top, borderColor: colourOf(box.class_name) }}
            onClick={() => onKey([box])}
          />
        );
      })}
    </div>
  );
}
